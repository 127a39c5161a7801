using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Http;

/// <summary>
/// Reads JSON bodies the way existing clients send them (reference sheet §8): a body without a content type is JSON, a wrong content type is 415;
/// every malformed body is a 400 that names the member.
/// </summary>
internal static class JsonBody
{
    public const long MaxBytes = 1 << 20;
    public const long MaxBatchBytes = 10 << 20;

    /// <summary>
    /// The compatible endpoints: unknown members are ignored, explicit nulls are absent members; nothing twice, and no text or number that could not be kept.
    /// </summary>
    public static readonly JsonSerializerOptions Lenient = Make(static options =>
    {
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new FiniteConverter());
    });

    /// <summary>The token endpoints: as <see cref="Lenient"/>, member names in any case.</summary>
    public static readonly JsonSerializerOptions AnyCase = Make(static options =>
    {
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = true;
        options.Converters.Add(new TextConverter());
    });

    /// <summary>The <c>/authorize…</c> endpoints: nothing unknown, nothing twice, no other case, no null.</summary>
    public static readonly JsonSerializerOptions Strict = Make(static options =>
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
    });

    /// <summary>For answers.</summary>
    public static readonly JsonSerializerOptions Answers = Make(static options =>
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new UtcMicrosecondsConverter());
    });

    private static JsonSerializerOptions Make(Action<JsonSerializerOptions> configure)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            MaxDepth = 32,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        configure(options);
        options.MakeReadOnly();
        return options;
    }

    /// <summary>A quicker way to read the usual bodies of one kind; false: the serializer is to read this one.</summary>
    public delegate bool FastReader<T>(ReadOnlySpan<byte> body, out T? value);

    /// <summary>Reads a body that must be there.</summary>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context, JsonSerializerOptions options, long maxBytes = MaxBytes, FastReader<T>? fast = null)
        => await ReadOptionalAsync(context, options, maxBytes, fast) ?? throw new ApiException(Kinds.InvalidRequest, "The request needs a JSON body.", "body");

    /// <summary>Reads a body; default when there is none.</summary>
    public static async ValueTask<T?> ReadOptionalAsync<T>(HttpContext context, JsonSerializerOptions options, long maxBytes = MaxBytes, FastReader<T>? fast = null)
    {
        var request = context.Request;
        if (request.ContentLength > maxBytes) throw TooLarge(maxBytes);
        var limit = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = maxBytes;

        if (request.ContentLength is null or > 0) DemandJson(request);
        if (request.ContentLength == 0) return default;
        var body = await ReadToEndAsync(request, maxBytes, context.RequestAborted);
        try
        {
            if (body.IsEmpty) return default;
            return fast is not null && TryReadFast(body, fast, out var value) ? value : Parse<T>(body, options);
        }
        catch (JsonException malformed)
        {
            throw Malformed(malformed);
        }
        finally
        {
            // A read that is never ended would cost the client its connection.
            request.BodyReader.AdvanceTo(body.End);
        }
    }

    private static async ValueTask<System.Buffers.ReadOnlySequence<byte>> ReadToEndAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw TooLarge(maxBytes);
            }

            if (read.IsCompleted) return read.Buffer;
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool TryReadFast<T>(System.Buffers.ReadOnlySequence<byte> body, FastReader<T> fast, out T? value)
    {
        if (body.IsSingleSegment) return fast(body.FirstSpan, out value);
        // One piece is read much faster than many, and copying costs next to nothing.
        var whole = System.Buffers.ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            System.Buffers.BuffersExtensions.CopyTo(body, whole);
            return fast(whole.AsSpan(0, (int)body.Length), out value);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static T? Parse<T>(System.Buffers.ReadOnlySequence<byte> body, JsonSerializerOptions options)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        var value = JsonSerializer.Deserialize<T>(ref reader, options);
        if (reader.Read()) throw new JsonException("Something follows the JSON value.");
        if (value is null) throw new ApiException(Kinds.InvalidRequest, "The body must be a JSON object, not null.", "body");
        return value;
    }

    private static void DemandJson(HttpRequest request)
    {
        var type = request.ContentType;
        if (string.IsNullOrWhiteSpace(type) || request.HasJsonContentType()) return;
        if (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding") && request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal)) return;
        throw new ApiException(Kinds.UnsupportedMediaType, "The body must be `application/json`.", "Content-Type");
    }

    private static ApiException TooLarge(long maxBytes) => new(Kinds.BodyTooLarge, $"The body is larger than {maxBytes / 1024} KiB.", "body");

    private static ApiException Malformed(JsonException malformed)
    {
        // "$" is the whole body; "$.scope.id" names the member. The framework's message names our types: it stays here.
        var path = malformed.Path is null or "$" ? "body" : malformed.Path.StartsWith("$.", StringComparison.Ordinal) ? malformed.Path[2..] : malformed.Path;
        return new ApiException(Kinds.InvalidRequest, path == "body"
            ? "The body is not the JSON that is expected here (malformed, a missing, unknown or repeated member, or too deep)."
            : $"`{path}` is not what is expected here (a wrong type, unknown, repeated or null).", path);
    }

    /// <summary>Refuses NUL, which PostgreSQL cannot store: both databases take the same. (Halves of surrogate pairs are refused by the reader itself.)</summary>
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Demand(reader.GetString());

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Demand(reader.GetString())!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

        private static string? Demand(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true ? throw new JsonException() : text;
    }

    /// <summary>Refuses numbers beyond the range of a double, which would be read as infinite and could not be written.</summary>
    private sealed class FiniteConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.GetDouble() is var number && double.IsFinite(number) ? number : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }

    /// <summary>Times as existing clients get them: ISO 8601, UTC, six digits, Z.</summary>
    private sealed class UtcMicrosecondsConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
            => writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
    }
}
