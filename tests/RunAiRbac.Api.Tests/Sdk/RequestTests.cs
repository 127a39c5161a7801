using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>What goes over the wire, and how pages are walked.</summary>
public sealed class RequestTests
{
    [Theory]
    [InlineData("a/b?c#d%", "/api/v1/users/a%2Fb%3Fc%23d%25")]
    [InlineData("../../roles", "/api/v1/users/..%2F..%2Froles")]
    [InlineData("é ü", "/api/v1/users/%C3%A9%20%C3%BC")]
    public async Task PathValue_Odd_StaysOneSegment(string id, string path)
    {
        var service = new ScriptedService(_ => ScriptedService.Json("{}"));

        await service.Client().Users.SignOutAsync(id, Cancel);

        service.Requests.Single().Address.AbsoluteUri.Should().Be("https://rbac.test" + path + "/logout");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task PathValue_ThatWouldNameAnotherPath_IsRefused(string id)
    {
        var service = new ScriptedService(_ => ScriptedService.Json("{}"));

        await FluentActions.Awaiting(() => service.Client().Users.DeleteAsync(id, Cancel)).Should().ThrowAsync<ArgumentException>();

        service.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task BaseAddress_WithAPath_KeepsIt()
    {
        var service = new ScriptedService(_ => ScriptedService.Json("[]"));

        await service.Client(with: o => o with { BaseAddress = new Uri("https://proxy.test/rbac/") }).Roles.ListAsync(Cancel);

        service.Requests.Single().Address.AbsoluteUri.Should().Be("https://proxy.test/rbac/api/v1/authorization/roles");
    }

    [Fact]
    public async Task Query_Whichever_IsEncoded_AndASingleTermWithACommaIsNotSplit()
    {
        var service = new ScriptedService(_ => ScriptedService.Json("""{"totalRecords":0,"displayRecords":0,"accessRules":[]}"""));

        await service.Client().AccessRules.ListAsync(new AccessRuleQuery
        {
            Limit = 5,
            Offset = 10,
            SortBy = "roleName",
            SortOrder = "desc",
            Search = "a&b",
            FilterBy = ["scopeName=@x,roleName==y"],
            SubjectIds = ["a,b", "c"],
            IncludeDeleted = true,
            LastUpdated = new DateTimeOffset(2026, 11, 22, 10, 0, 0, 123, TimeSpan.FromHours(1)),
            RoleId = 5,
        }, Cancel);

        service.Requests.Single().Address.Query.Should().Be(
            "?limit=5&offset=10&search=a%26b&sortBy=roleName&sortOrder=desc&filterBy=scopeName%3D%40x%2CroleName%3D%3Dy&filterBy=scopeName%3D%40x%2CroleName%3D%3Dy"
            + "&subjectIds=a%2Cb&subjectIds=c&roleId=5&includeDeleted=true&lastUpdated=2026-11-22T09%3A00%3A00.123Z");
    }

    [Fact]
    public async Task Body_WithWhatIsNotSaid_LeavesItOut()
    {
        var service = new ScriptedService(_ => ScriptedService.Allowed());

        await service.Client().Authorize.CheckAsync(ErrorTests.Question, Cancel);

        var asked = service.Requests.Single();
        (asked.Body, asked.ContentType).Should().Be(("""{"action":"create","resourceType":"workloads","scope":{"type":"project","id":"p1"}}""", "application/json"));
    }

    [Fact]
    public async Task Written_CarriesTheRevisionOfTheHeader()
    {
        var service = new ScriptedService(_ =>
        {
            var answer = new HttpResponseMessage(System.Net.HttpStatusCode.NoContent);
            answer.Headers.Add("X-Revision", "r9");
            return answer;
        });

        (await service.Client().AccessRules.DeleteAsync(4, Cancel)).Should().Be(new Written("r9"));
    }

    [Fact]
    public async Task Pages_ByOffset_GoOnUntilTheEnd_AndNotInCircles()
    {
        var service = new ScriptedService(asked => ScriptedService.Json(asked.Address.Query switch
        {
            "?offset=0" => """{"projects":[],"next":2}""",
            "?offset=2" => """{"projects":[],"next":4}""",
            _ => """{"projects":[]}""",
        }));
        await foreach (var _ in service.Client().Projects.ListAllAsync(cancellationToken: Cancel)) Assert.Fail("There are none.");
        service.Requests.Should().HaveCount(3);

        var circle = new ScriptedService(_ => ScriptedService.Json("""{"projects":[],"next":0}"""));
        var walk = async () => await circle.Client().Projects.ListAllAsync(cancellationToken: Cancel).ToListAsync(Cancel);
        (await walk.Should().ThrowAsync<RunAiRbacException>()).Which.ErrorCode.Should().Be(RunAiRbacErrorCodes.MalformedAnswer);
    }

    [Fact]
    public async Task Pages_ByCursor_GoOnUntilTheEnd_AndCanBeLeftEarly()
    {
        var pages = 0;
        var service = new ScriptedService(_ => ++pages < 5
            ? ScriptedService.Json($$"""{"subjects":[{"type":"user","id":"u{{pages}}","name":"n","via":[]}],"cursor":"c{{pages}}","revision":"r"}""")
            : ScriptedService.Json("""{"subjects":[{"type":"all-authenticated-users","via":[]}],"revision":"r"}"""));
        var question = new WhoCanRequest { Action = "read", ResourceType = "project", Scope = new CheckScope { Type = "project", Id = "p" } };

        (await service.Client().Authorize.WhoCanAllAsync(question, Cancel).ToListAsync(Cancel)).Select(s => s.Id).Should().Equal("u1", "u2", "u3", "u4", null);

        pages = 0;
        await foreach (var _ in service.Client().Authorize.WhoCanAllAsync(question, Cancel)) break;
        pages.Should().Be(1);
    }

    [Theory]
    [InlineData("ftp://rbac.test")]
    [InlineData("https://user:pw@rbac.test")]
    [InlineData("https://rbac.test/?x=1")]
    public void Options_WithAWrongAddress_AreRefusedByName(string address)
        => FluentActions.Invoking(() => new RunAiRbacClient(new RunAiRbacClientOptions { BaseAddress = new Uri(address) })).Should().Throw<ArgumentException>().WithMessage("BaseAddress*");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
