using System.Net;
using System.Net.Http.Json;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;

namespace RunAiRbac.Api.Tests.Browser;

/// <summary>What a page was answered with.</summary>
internal sealed record PageReply(HttpStatusCode Status, string Text, HttpResponseMessage Response)
{
    /// <summary>Where the browser is sent, as it stands in the header.</summary>
    public string? Location => Header("Location");

    /// <summary>The session cookie as it was set; null: none was.</summary>
    public string? SessionCookie => SetCookie(SessionCookies.Name);

    public string? SetCookie(string name)
        => Response.Headers.TryGetValues("Set-Cookie", out var set) ? set.LastOrDefault(x => x.StartsWith(name + "=", StringComparison.Ordinal)) : null;

    public string? Header(string name) => Response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    public PageReply Expect(HttpStatusCode status)
    {
        Status.Should().Be(status, "the answer was {0}", Text);
        return this;
    }

    public PageReply ExpectRedirect(string location)
    {
        Expect(HttpStatusCode.SeeOther).Location.Should().Be(location);
        return this;
    }
}

/// <summary>A browser as far as the service can see one: cookies, Origin, no redirects followed. (The framework's client keeps Secure cookies to itself on http.)</summary>
internal sealed class BrowserClient(ApiHost host) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = host.Address };

    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>Null: the browser sends none.</summary>
    public string? Origin { get; set; } = ApiHost.Issuer;

    public string? FetchSite { get; set; } = "same-origin";

    /// <summary>The Cookie headers as they are; null: from <see cref="Cookies"/>.</summary>
    public string[]? RawCookies { get; set; }

    public Task<PageReply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<PageReply> PostAsync(string path, params (string Name, string? Value)[] form)
        => SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form.Where(x => x.Value is not null).Select(x => KeyValuePair.Create(x.Name, x.Value!))));

    public Task<PageReply> SignInAsync(string email, string password, string? returnUrl = null) => PostAsync("/login", ("email", email), ("password", password), ("returnUrl", returnUrl));

    /// <summary>Signs in somebody who was just created; it must work.</summary>
    public async Task<BrowserClient> SignedInAsync(Reply created)
    {
        (await SignInAsync(created.Field("username")!, created.Field("tempPassword")!)).Expect(HttpStatusCode.SeeOther).SessionCookie.Should().NotBeNull();
        return this;
    }

    /// <summary>A call of the API, with the cookie.</summary>
    public async Task<Reply> ApiAsync(HttpMethod method, string path, object? body = null, string? authorization = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        Dress(request);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    public Task<Reply> ReadAsync(string path) => ApiAsync(HttpMethod.Get, path);

    public async Task<PageReply> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        Dress(request);
        var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Keep(response);
        return new PageReply(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response);
    }

    public void Dispose() => _http.Dispose();

    private void Dress(HttpRequestMessage request)
    {
        foreach (var header in RawCookies ?? (Cookies.Count == 0 ? [] : [string.Join("; ", Cookies.Select(x => $"{x.Key}={x.Value}"))])) request.Headers.TryAddWithoutValidation("Cookie", header);
        if (Origin is not null) request.Headers.TryAddWithoutValidation("Origin", Origin);
        if (FetchSite is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", FetchSite);
        request.Headers.TryAddWithoutValidation("User-Agent", "Test browser/1.0");
    }

    private void Keep(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var set)) return;
        foreach (var cookie in set)
        {
            var (pair, attributes) = (cookie.Split(';')[0], cookie[cookie.Split(';')[0].Length..]);
            var (name, value) = (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            // What browsers demand of the prefix.
            if (name.StartsWith("__Host-", StringComparison.Ordinal))
                attributes.Should().Contain("; secure").And.Contain("; path=/").And.NotContain("domain").And.Contain("; httponly");
            if (value.Length == 0 || attributes.Contains("expires=Thu, 01 Jan 1970", StringComparison.Ordinal)) Cookies.Remove(name);
            else Cookies[name] = value;
        }
    }
}
