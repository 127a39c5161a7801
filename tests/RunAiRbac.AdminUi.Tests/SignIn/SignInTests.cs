using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.SignIn;

/// <summary>Signing in and out in a real browser, with its own rules for cookies, forms and content policies.</summary>
public sealed class SignInTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const string Next = "a longer new password";

    [Fact]
    public async Task SignIn_OnThePage_LeadsBackIntoTheUiAndSignOutOutOfIt()
    {
        await using var visitor = await VisitAsync();
        var page = visitor.Page;

        await page.GotoAsync("/login?returnUrl=/access-rules");
        await page.GetByLabel("E-mail address").FillAsync(Service.AdminEmail);
        await page.GetByLabel("Password").FillAsync("not the password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("is wrong");
        await Assertions.Expect(page.GetByLabel("E-mail address")).ToHaveValueAsync(Service.AdminEmail);

        await page.GetByLabel("Password").FillAsync(Service.AdminPassword);
        await page.GetByLabel("Password").PressAsync("Enter");

        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/access-rules$"));
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Account of " + Service.AdminEmail })).ToBeVisibleAsync();
        var cookie = (await visitor.Context.CookiesAsync()).Should().ContainSingle().Which;
        (cookie.Name, cookie.HttpOnly, cookie.Secure, cookie.SameSite, cookie.Path).Should().Be(("__Host-runairbac", true, true, SameSiteAttribute.Lax, "/"));
        (await page.EvaluateAsync<string>("document.cookie")).Should().BeEmpty("no script sees the session");

        await page.GotoAsync("/logout");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("signed out");
        (await visitor.Context.CookiesAsync()).Should().BeEmpty();
        await page.GotoAsync("/access-rules");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/login\\?returnUrl="));
    }

    [Fact]
    public async Task SignIn_WithATemporaryPassword_AsksForAnotherFirst()
    {
        var (email, temporary) = await NewUserAsync();
        await using var visitor = await VisitAsync();
        var page = visitor.Page;
        await SubmitAsync(page, email, temporary);

        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/login/password"));
        await page.GetByLabel("Present password").FillAsync(temporary);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync("Password1234");
        await page.GetByLabel("New password once more").FillAsync("Password1234");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("most common");

        await page.GetByLabel("Present password").FillAsync(temporary);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(Next);
        await page.GetByLabel("New password once more").FillAsync(Next);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Account of " + email })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Pages_WithoutScriptsByKeyboardAlone_SignInAllTheSame()
    {
        var context = await browser.NewContextAsync(demo.Service.Address, 360, 640, ColorScheme.Dark, javaScript: false);
        await using var visitor = Person.Visit(context, await context.NewPageAsync());
        var page = visitor.Page;
        await page.GotoAsync("/login?returnUrl=/logout");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Service.AdminEmail);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Service.AdminPassword);
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByText(Service.AdminEmail)).ToBeVisibleAsync();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).Should().BeTrue("nothing is cut off on a telephone");
    }

    [Fact]
    public async Task NativeTool_OnALoopbackAddress_GetsItsCodeAfterThePersonAllowed()
    {
        using var tool = new System.Net.HttpListener();
        var port = FreePort();
        tool.Prefixes.Add($"http://127.0.0.1:{port}/");
        tool.Start();
        await using var visitor = await VisitAsync();
        var page = visitor.Page;
        var challenge = new string('A', 43);
        await page.GotoAsync($"/oauth2/authorize?response_type=code&client_id=runairbac-cli&redirect_uri={Uri.EscapeDataString($"http://127.0.0.1:{port}/callback")}&state=xyz&code_challenge={challenge}&code_challenge_method=S256");
        await page.GetByLabel("E-mail address").FillAsync(Service.AdminEmail);
        await page.GetByLabel("Password").FillAsync(Service.AdminPassword);
        await page.GetByLabel("Password").PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Allow access?" })).ToBeVisibleAsync();

        var called = tool.GetContextAsync();
        var clicked = page.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).ClickAsync();
        var call = await called.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        call.Request.Url!.AbsolutePath.Should().Be("/callback");
        call.Request.QueryString["code"].Should().NotBeNullOrEmpty();
        call.Request.QueryString["state"].Should().Be("xyz");
        call.Response.Close();
        await clicked;
    }

    private async Task<Person> VisitAsync()
    {
        var context = await browser.NewContextAsync(demo.Service.Address);
        return Person.Visit(context, await context.NewPageAsync());
    }

    private static async Task SubmitAsync(IPage page, string email, string password)
    {
        await page.GotoAsync("/login");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByLabel("Password").PressAsync("Enter");
    }

    private async Task<(string Email, string Password)> NewUserAsync()
    {
        var email = $"new-{Guid.NewGuid():N}@example.com";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/users") { Content = JsonContent.Create(new { email, resetPassword = true }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await demo.Service.TokenAsync(Service.AdminEmail, Service.AdminPassword));
        using var reply = await demo.Service.Http.SendAsync(request, TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        return (email, (await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("tempPassword").GetString()!);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
