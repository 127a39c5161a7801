using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace RunAiRbac.Client.Http;

/// <summary>One call of an operation: its path, query and body, from which each attempt makes a request.</summary>
internal sealed class Call
{
    private readonly StringBuilder _address;
    private byte[]? _body;
    private string? _contentType;
    private bool _hasQuery;

    /// <param name="operation">The operation.</param>
    /// <param name="pathValues">The values of its path parameters, in order.</param>
    public Call(Operation operation, params ReadOnlySpan<string> pathValues)
    {
        Operation = operation;
        _address = new StringBuilder(operation.Path.Length + 40);
        var rest = operation.Path.AsSpan();
        foreach (var value in pathValues)
        {
            var open = rest.IndexOf('{');
            _address.Append(rest[..open]).Append(Segment(value));
            rest = rest[(rest.IndexOf('}') + 1)..];
        }

        _address.Append(rest);
    }

    public Operation Operation { get; }

    public Call Query(string name, string? value)
    {
        if (value is null) return this;
        _address.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _hasQuery = true;
        return this;
    }

    public Call Query(string name, int? value) => Query(name, value?.ToString(CultureInfo.InvariantCulture));

    public Call Query(string name, bool? value) => Query(name, value switch { null => null, true => "true", false => "false" });

    /// <summary>A moment, RFC 3339, in UTC.</summary>
    public Call Query(string name, DateTimeOffset? value) => Query(name, value?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));

    /// <summary>One parameter for each value: repeated values are not split at their commas.</summary>
    public Call Query(string name, IReadOnlyList<string>? values)
    {
        if (values is null) return this;
        foreach (var value in values) Query(name, value);
        // A single one would be split where what follows a comma looks like another term; the same value twice is not, and means the same.
        return values is [var only] && only.Contains(',', StringComparison.Ordinal) ? Query(name, only) : this;
    }

    public Call Json<T>(T body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _body = JsonSerializer.SerializeToUtf8Bytes(body, ClientJson.TypeInfo<T>());
        _contentType = "application/json";
        return this;
    }

    /// <summary>A form (<c>application/x-www-form-urlencoded</c>); what is null is left out.</summary>
    public Call Form(params IEnumerable<(string Name, string? Value)> fields)
    {
        var given = from field in fields where field.Value is not null select Uri.EscapeDataString(field.Name) + "=" + Uri.EscapeDataString(field.Value!);
        _body = Encoding.ASCII.GetBytes(string.Join('&', given));
        _contentType = "application/x-www-form-urlencoded";
        return this;
    }

    /// <param name="baseAddress">The service's address, without a slash at its end.</param>
    /// <param name="token">The access token; null for none.</param>
    public HttpRequestMessage ToRequest(string baseAddress, string? token)
    {
        var request = new HttpRequestMessage(Operation.Method, new Uri(baseAddress + _address));
        request.Options.Set(Operation.Key, Operation);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/problem+json"));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (_body is null) return request;
        request.Content = new ByteArrayContent(_body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(_contentType!);
        return request;
    }

    /// <summary>A value as one segment of a path; one that would change the path's shape is refused.</summary>
    private static string Segment(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value is "." or "..") throw new ArgumentException($"`{value}` is no id.", nameof(value));
        return Uri.EscapeDataString(value);
    }
}
