using System.Security.Cryptography;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>The one stylesheet of the pages. Its address names its content, so that it may be kept for ever.</summary>
internal static class Stylesheet
{
    public const string Path = "/login/style.css";
    private static readonly byte[] Content = Read();

    public static string Address { get; } = Path + "?v=" + Convert.ToHexStringLower(SHA256.HashData(Content))[..16];

    public static IResult Get(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(Content, "text/css; charset=utf-8");
    }

    private static byte[] Read()
    {
        using var stream = typeof(Stylesheet).Assembly.GetManifestResourceStream("sign-in.css") ?? throw new InvalidOperationException("The stylesheet is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
