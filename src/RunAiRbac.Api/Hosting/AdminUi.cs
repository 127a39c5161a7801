using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace RunAiRbac.Api.Hosting;

/// <summary>
/// The admin UI (<c>src/RunAiRbac.AdminUi</c>, built into the folder <c>admin-ui</c> beside the program): its files, and its one page for every path that is
/// neither an endpoint nor part of the API, so that links into it work. Without it (no Node.js at build time) a plain page says how to get it.
/// </summary>
internal sealed class AdminUi(RequestDelegate next)
{
    private const string NoncePlace = "__STYLE_NONCE__";

    /// <summary>First segments that belong to programs: what is unknown there stays a problem document.</summary>
    private static readonly FrozenSet<string> OfPrograms = new[] { "api", "v1", "auth", "oauth2", "health", "openapi", "swagger", ".well-known" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
        [".png"] = "image/png",
    }.ToFrozenDictionary();

    private readonly Lazy<Site> _site = new(Site.Load);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.GetEndpoint() is not null || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))) return next(context);
        var path = request.Path.Value ?? "/";
        if (_site.Value.Files.TryGetValue(path, out var file)) return SendAsync(context, file);
        // A client whose base address ends with a slash asks for `//api/…`: that is no page either.
        var first = path.TrimStart('/').Split('/', 2)[0];
        return first == "assets" || OfPrograms.Contains(first) ? next(context) : SendPageAsync(context, _site.Value.Page);
    }

    /// <summary>Names of assets hold a hash of their content, so that they may be kept for ever.</summary>
    private static async Task SendAsync(HttpContext context, Asset file)
    {
        var response = context.Response;
        response.ContentType = file.ContentType;
        response.Headers.CacheControl = file.Path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = "Accept-Encoding";
        var brotli = file.Brotli is not null && context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);
        if (brotli) response.Headers.ContentEncoding = "br";
        await WriteAsync(context, brotli ? file.Brotli! : file.Content);
    }

    private static Task SendPageAsync(HttpContext context, string page)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var headers = context.Response.Headers;
        context.Response.ContentType = "text/html; charset=utf-8";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not `no-referrer`: the browser would then send `Origin: null` with the form that signs out.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (!context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment()) headers.StrictTransportSecurity = "max-age=31536000";
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        return WriteAsync(context, Encoding.UTF8.GetBytes(page.Replace(NoncePlace, nonce, StringComparison.Ordinal)));
    }

    private static async Task WriteAsync(HttpContext context, byte[] content)
    {
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private sealed record Asset(string Path, string ContentType, byte[] Content, byte[]? Brotli);

    /// <summary>All files, about a megabyte, read once.</summary>
    private sealed record Site(string Page, FrozenDictionary<string, Asset> Files)
    {
        private const string Missing = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>RunAiRbac</title><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
            <style nonce="__STYLE_NONCE__">body { font: 16px/1.5 sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em; }</style></head>
            <body>
            <h1>RunAiRbac runs, without its admin UI</h1>
            <p>The service answers on its API (see the <a href="/swagger">API description</a>), but it was built on a machine without Node.js, which the admin UI is built with.</p>
            <p>To get it: install Node.js 20.19 or newer with npm, build or publish again (<code>dotnet build</code>, <code>dotnet publish</code>), and start the service anew.</p>
            </body>
            </html>
            """;

        public static Site Load()
        {
            var folder = Path.Combine(Path.GetDirectoryName(typeof(AdminUi).Assembly.Location)!, "admin-ui");
            var index = Path.Combine(folder, "index.html");
            if (!File.Exists(index)) return new Site(Missing, FrozenDictionary<string, Asset>.Empty);
            var files = from path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                        where ContentTypes.ContainsKey(Path.GetExtension(path))
                        let name = "/" + Path.GetRelativePath(folder, path).Replace('\\', '/')
                        let brotli = path + ".br"
                        select new Asset(name, ContentTypes[Path.GetExtension(path)], File.ReadAllBytes(path), File.Exists(brotli) ? File.ReadAllBytes(brotli) : null);
            return new Site(File.ReadAllText(index), files.ToFrozenDictionary(file => file.Path, StringComparer.Ordinal));
        }
    }
}
