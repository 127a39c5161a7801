using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Lists;

/// <summary>Every field that the reference sheet names takes every operator that it names, on each list and its count.</summary>
public sealed class ListParameterTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task FilterBy_EveryFieldAndOperator_IsServed(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var list in SheetList.All)
        {
            foreach (var field in list.Filters)
            {
                foreach (var op in list.Operators)
                {
                    var isText = op is "=@" or "!@" or "=^" or "=$";
                    var expected = isText && list.Dates.Contains(field) ? HttpStatusCode.BadRequest : HttpStatusCode.OK;
                    var query = "filterBy=" + Uri.EscapeDataString(field + op + list.ValueOf(field));
                    var reply = (await world.Admin.GetAsync($"{list.Path}?{query}&limit=1")).Expect(expected);
                    if (expected == HttpStatusCode.BadRequest) reply.Details.Should().Be("filterBy");
                    if (list.HasCount) (await world.Admin.GetAsync($"{list.Path}/count?{query}")).Expect(expected);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SortBy_EveryField_IsServedBothWays(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var list in SheetList.All)
            foreach (var field in list.Sorts)
                foreach (var order in new[] { "", "&sortOrder=asc", "&sortOrder=desc" })
                    (await world.Admin.GetAsync($"{list.Path}?sortBy={field}{order}&limit=1")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/v1/authorization/access-rules", "id==1")]
    [InlineData("/api/v1/authorization/access-rules", "roleId==five")]
    [InlineData("/api/v1/authorization/access-rules", "roleId==99999999999")]
    [InlineData("/api/v1/authorization/access-rules", "phase==Done")]
    [InlineData("/api/v1/authorization/access-rules", "subjectType!=robot")]
    [InlineData("/api/v1/authorization/access-rules", "scopeType==node")]
    [InlineData("/api/v1/authorization/access-rules", "createdAt==2024-01-01T00:00:00")]
    [InlineData("/api/v1/authorization/access-rules", "createdAt>=2024-01-01T00:00:00.1234567Z")]
    [InlineData("/api/v1/authorization/access-rules", "deletedAt=$Z")]
    [InlineData("/api/v1/authorization/access-rules", "subjectId=")]
    [InlineData("/api/v1/authorization/access-rules", "subjectId")]
    [InlineData("/api/v1/users", "isLocal==maybe")]
    [InlineData("/api/v1/users", "isLocal!=true")]
    [InlineData("/api/v1/users", "username=^a")]
    [InlineData("/api/v1/users", "type==local")]
    [InlineData("/api/v1/users", "lastLogin=@2024")]
    [InlineData("/api/v1/org-unit/projects", "phase==Sleeping")]
    [InlineData("/api/v1/org-unit/departments", "phase==Ready")]
    public async Task FilterBy_WrongTerm_IsRefusedOnListAndCount(string path, string term)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        foreach (var route in new[] { path, path + "/count" })
            (await world.Admin.GetAsync($"{route}?filterBy={Uri.EscapeDataString(term)}")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("filterBy");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task ParentName_HiddenFromTheCaller_IsNoValueToFilterOrSortBy(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        // This role reads projects and no departments.
        var researcher = await world.PersonAsync(World.L1Researcher, project);
        var name = (await world.Admin.GetAsync($"/api/v1/org-unit/departments/{department.Id}")).Field("name")!;

        foreach (var term in new[] { $"parentName=={name}", $"parentName=^{name[..2]}", "parentName>=a", $"parentName<={name}", "parentName=@t" })
        {
            (await CountAsync(world.Admin, term)).Should().BePositive();
            (await CountAsync(researcher, term)).Should().Be(0, "{0} would tell the name", term);
        }

        foreach (var term in new[] { $"parentName!={name}", $"parentName!@{name}", "parentName!@other" }) (await CountAsync(researcher, term)).Should().Be(1, "there is no value: {0}", term);

        static async Task<int> CountAsync(Person person, string term)
        {
            var query = "filterBy=" + Uri.EscapeDataString(term);
            var count = (await person.GetAsync("/api/v1/org-unit/projects/count?" + query)).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32();
            var page = (await person.GetAsync($"/api/v1/org-unit/projects?sortBy=parentName&limit=500&{query}")).Expect(HttpStatusCode.OK).Json.GetProperty("projects").GetArrayLength();
            page.Should().Be(Math.Min(count, 500));
            return count;
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task FilterBy_TermsWithoutEnd_AreRefusedAndFiftyServed(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var fifty = string.Join(',', Enumerable.Repeat("name=@a", 50));

        (await world.Admin.GetAsync("/api/v1/org-unit/projects?filterBy=" + fifty)).Expect(HttpStatusCode.OK);
        (await world.Admin.GetAsync($"/api/v1/org-unit/projects?filterBy={fifty},name=@a")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("filterBy");
    }
}
