using System.Text.Json;
using Microsoft.Net.Http.Headers;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;

namespace RunAiRbac.Api.SignIn;

/// <summary>The fields of a token request: given, given as null, or absent. Absent is the client's mistake (400); null is a wrong value (401).</summary>
internal sealed class TokenFields
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const long MaxFormBytes = 64 << 10;

    private static readonly HashSet<string> V1Names = new(
        ["grantType", "appID", "appSecret", "clientID", "clientSecret", "username", "password", "refreshToken", "tenantId"], StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, string?> _fields;

    private TokenFields(Dictionary<string, string?> fields) => _fields = fields;

    /// <summary>A v1 body: JSON, member names in any case, unknown members ignored.</summary>
    public static async Task<TokenFields> ReadJsonAsync(HttpContext context)
    {
        var body = await JsonBody.ReadOptionalAsync<Dictionary<string, JsonElement>>(context, JsonBody.AnyCase) ?? [];
        var fields = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in body)
        {
            if (!V1Names.Contains(name)) continue;
            var text = value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => ReadText(name, value),
                JsonValueKind.Number => value.GetRawText(),
                _ => throw ApiException.Invalid(name, "must be a string"),
            };
            if (!fields.TryAdd(name, text)) throw ApiException.Invalid(name, "is given more than once");
        }

        return new TokenFields(fields);
    }

    /// <summary>A form (RFC 6749, appendix B): nothing twice, empty fields are absent.</summary>
    public static async Task<TokenFields> ReadFormAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength is 0 || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding") && request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal)))
            return new TokenFields([]);
        if (string.IsNullOrWhiteSpace(request.ContentType)) request.ContentType = FormType;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase))
            throw new ApiException(Kinds.UnsupportedMediaType, "The body must be `application/x-www-form-urlencoded`.", "Content-Type");
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxFormBytes;
        return new TokenFields(Fields(await FormAsync(context)));
    }

    /// <summary>The value; null when absent, null or empty.</summary>
    public string? Find(string name) => _fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>A value without which the grant means nothing: 400 when absent, 401 when null.</summary>
    public string Need(string name)
    {
        if (!_fields.TryGetValue(name, out var value)) throw ApiException.Invalid(name, "is missing");
        return value ?? throw SignInService.Wrong();
    }

    private static string? ReadText(string name, JsonElement value)
    {
        try
        {
            return value.Deserialize<string>(JsonBody.AnyCase);
        }
        catch (JsonException)
        {
            throw ApiException.Invalid(name, "holds characters that no text has");
        }
    }

    private static async Task<IFormCollection> FormAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw new ApiException(Kinds.InvalidRequest, "The form has too many or too long fields.", "body");
        }
    }

    private static Dictionary<string, string?> Fields(IFormCollection form)
    {
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, values) in form)
        {
            if (values.Count > 1) throw ApiException.Invalid(name, "is given more than once");
            if (values.Count == 1 && values[0]?.Contains('\0', StringComparison.Ordinal) == true) throw ApiException.Invalid(name, "holds characters that no text has");
            if (values.Count == 1 && values[0] is { Length: > 0 } value) fields[name] = value;
        }

        return fields;
    }
}
