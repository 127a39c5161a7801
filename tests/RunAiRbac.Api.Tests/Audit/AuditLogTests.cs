using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.OrgUnits;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Audit;

/// <summary>Reading the audit log: pages, filters, order, files, and who sees what.</summary>
public sealed class AuditLogTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private const string Log = "/api/v1/audit/log";
    private const string Always = "start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z";
    private const int Auditor = 4002;

    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "=@", "!@", "=^", "=$"];
    private static readonly string[] SortFields =
        ["timestamp", "subject", "subject_type", "source_ip", "action", "http_method", "result", "url", "entity_type", "entity_name", "entity_id"];

    private static readonly string[] FilterFields =
        ["timestamp", "subject", "subject_type", "source_ip", "action", "result", "url", "entity_type", "entity_name", "cluster_name"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "start")]
    [InlineData("start=2024-01-01T00:00:00Z", "end")]
    [InlineData("end=2024-01-01T00:00:00Z", "start")]
    [InlineData("start=yesterday&end=2024-01-01T00:00:00Z", "start")]
    [InlineData("start=2024-01-01T00:00:00Z&end=2024-01-01", "end")]
    [InlineData("start=2024-01-02T00:00:00Z&end=2024-01-01T00:00:00Z", "end")]
    [InlineData(Always + "&numberOfSamples=1001", "numberOfSamples")]
    [InlineData(Always + "&numberOfSamples=-1", "numberOfSamples")]
    [InlineData(Always + "&offset=-1", "offset")]
    [InlineData(Always + "&sortBy=cluster_name", "sortBy")]
    [InlineData(Always + "&sortOrder=down", "sortOrder")]
    [InlineData(Always + "&filterBy=entity_id==1", "filterBy")]
    [InlineData(Always + "&filterBy=timestamp=@2024", "filterBy")]
    [InlineData(Always + "&filterBy=action==read", "filterBy")]
    [InlineData(Always + "&filterBy=subject", "filterBy")]
    public async Task Log_AskedWrongly_IsABadRequestThatNamesTheParameter(string query, string parameter)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        (await world.Admin.GetAsync($"{Log}?{query}")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(parameter);
        (await world.Admin.GetAsync($"{Log}/file?{query}")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(parameter);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Log_Read_HasTheFieldsOfTheSheet(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        await world.DepartmentAsync(cluster);

        var page = (await world.Admin.GetAsync($"{Log}?{Always}&filterBy=entity_type==department,entity_name=@{world.Tag}")).Expect(HttpStatusCode.OK).Json;
        var log = page.GetProperty("audit_logs").EnumerateArray().Should().ContainSingle().Which;
        log.EnumerateObject().Select(x => x.Name).Should().Contain(
            ["id", "timestamp", "tenant_id", "subject", "subject_type", "source_ip", "action", "http_method", "url", "entity_type", "entity_name", "entity_id",
            "result", "http_status_code", "cluster_name", "cluster_id", "request_id", "after"]);
        (log.GetProperty("tenant_id").GetString(), log.GetProperty("cluster_id").GetString(), log.GetProperty("http_status_code").GetInt32()).Should().Be(("1", cluster.Id, 201));
        log.GetProperty("after").GetProperty("name").GetString().Should().StartWith("t" + world.Tag);
        page.GetProperty("total").GetInt32().Should().Be(1);
        page.TryGetProperty("next", out _).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Log_Paged_GivesEachEventOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        for (var i = 0; i < 5; i++) await world.CreateApplicationAsync();
        var (ids, offsets) = (new List<string>(), new List<int?>());
        for (int? offset = 0; offset is not null; offsets.Add(offset))
        {
            var page = (await world.Admin.GetAsync($"{Log}?{Always}&numberOfSamples=2&offset={offset}&filterBy=entity_name=@{world.Tag}")).Expect(HttpStatusCode.OK).Json;
            page.GetProperty("total").GetInt32().Should().Be(5);
            ids.AddRange(page.GetProperty("audit_logs").EnumerateArray().Select(x => x.GetProperty("id").GetString()!));
            offset = page.TryGetProperty("next", out var next) ? next.GetInt32() : null;
        }

        ids.Should().HaveCount(5).And.OnlyHaveUniqueItems();
        offsets.Should().Equal(2, 4, null);
        var none = (await world.Admin.GetAsync($"{Log}?{Always}&numberOfSamples=0&filterBy=entity_name=@{world.Tag}")).Expect(HttpStatusCode.OK).Json;
        (none.GetProperty("total").GetInt32(), none.GetProperty("audit_logs").GetArrayLength(), none.TryGetProperty("next", out _)).Should().Be((5, 0, false));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Log_FilteredAndSorted_IsAsTheReferenceHasIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var rows = await SomeEventsAsync(world, provider);
        var own = $"filterBy=entity_name=@{world.Tag}";

        foreach (var field in FilterFields)
        {
            var values = rows.Select(row => Shown(row, field)).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
            values = [.. values.Take(2), .. values.TakeLast(2), .. values.Take(1).Select(v => v.ToUpperInvariant())];
            foreach (var op in field == "timestamp" ? Operators[..4] : Operators)
            {
                foreach (var value in values.Distinct())
                {
                    var part = op is "=@" or "!@" ? value[1..^1] : op == "=^" ? value[..2] : op == "=$" ? value[^2..] : value;
                    var reply = (await world.Admin.GetAsync($"{Log}?{Always}&numberOfSamples=1000&{own}&filterBy={Uri.EscapeDataString(field + op + part)}")).Expect(HttpStatusCode.OK);
                    Ids(reply).Should().BeEquivalentTo(rows.Where(row => Passes(Shown(row, field), op, part)).Select(x => x.Id), "{0}{1}{2}", field, op, part);
                }
            }
        }

        foreach (var field in SortFields)
        {
            Ids((await world.Admin.GetAsync($"{Log}?{Always}&numberOfSamples=1000&{own}&sortBy={field}")).Expect(HttpStatusCode.OK)).Should().Equal(
                rows.OrderBy(x => Key(x, field), StringComparer.Ordinal).ThenBy(x => x.Id, StringComparer.Ordinal).Select(x => x.Id), "by {0}", field);
            Ids((await world.Admin.GetAsync($"{Log}?{Always}&numberOfSamples=1000&{own}&sortBy={field}&sortOrder=desc")).Expect(HttpStatusCode.OK)).Should().Equal(
                rows.OrderByDescending(x => Key(x, field), StringComparer.Ordinal).ThenBy(x => x.Id, StringComparer.Ordinal).Select(x => x.Id), "by {0}, descending", field);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task ScopedReader_AfterAMoveAndADeletion_SeesTheEventsThatBelongedToItsScopes(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        var (cluster, elsewhere) = (await world.ClusterAsync(), await world.ClusterAsync());
        var (first, second) = (await world.DepartmentAsync(cluster), await world.DepartmentAsync(cluster));
        var readers = new Dictionary<string, Person>
        {
            ["cluster"] = await world.PersonAsync(Auditor, cluster),
            ["first"] = await world.PersonAsync(Auditor, first),
            ["second"] = await world.PersonAsync(Auditor, second),
            ["elsewhere"] = await world.PersonAsync(Auditor, elsewhere),
            ["nobody"] = await world.SignInAsync(await world.CreateUserAsync()),
        };
        var project = await world.ProjectAsync(cluster, first);
        var before = await RuleAsync(world, project);
        await MoveAsync(host, project.Id, second.Id);
        var after = await RuleAsync(world, project);
        (await world.Admin.DeleteAsync($"/api/v1/org-unit/projects/{project.Id}")).Expect(HttpStatusCode.NoContent);
        var department = await world.DepartmentAsync(elsewhere);

        string[] atFirst = [$"create {first.Id}", $"create {project.Id}", $"create {before}", $"update {project.Id}"];
        string[] atSecond = [$"create {second.Id}", $"update {project.Id}", $"create {after}", $"delete {project.Id}", $"delete {before}", $"delete {after}"];
        var expected = new Dictionary<string, string[]>
        {
            ["first"] = atFirst,
            ["second"] = atSecond,
            ["cluster"] = [$"create {cluster.Id}", .. atFirst.Union(atSecond)],
            ["elsewhere"] = [$"create {elsewhere.Id}", $"create {department.Id}"],
            ["nobody"] = [],
        };
        string[] known = [cluster.Id, elsewhere.Id, first.Id, second.Id, project.Id, department.Id, before, after];
        foreach (var (who, person) in readers)
        {
            var page = (await person.GetAsync($"{Log}?{Always}&numberOfSamples=1000")).Expect(HttpStatusCode.OK).Json;
            var seen = page.GetProperty("audit_logs").EnumerateArray().Select(x => $"{x.GetProperty("action")} {x.GetProperty("entity_id")}").ToList();
            seen.Where(x => known.Contains(x.Split(' ')[1])).Should().BeEquivalentTo(expected[who], "of {0}", who);
            page.GetProperty("total").GetInt32().Should().Be(seen.Count);
            page.GetProperty("audit_logs").EnumerateArray().Should().NotContain(x => x.GetProperty("entity_type").GetString() == "user", "users belong to the tenant");
            var file = (await person.GetAsync($"{Log}/file?{Always}&numberOfSamples=1000&file_type=JSON")).Expect(HttpStatusCode.OK).Json;
            file.GetArrayLength().Should().Be(seen.Count);
        }

        (await readers["cluster"].GetAsync("/api/v1/audit/verify")).Expect(HttpStatusCode.Forbidden);
        (await world.Admin.GetAsync($"{Log}?{Always}&numberOfSamples=1&filterBy=entity_name=@{world.Tag}")).Expect(HttpStatusCode.OK).Json.GetProperty("total").GetInt32().Should().BeGreaterThan(15);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task File_AsCsv_IsRfc4180AndFormulasAreHarmless(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var names = new[] { "=1+1", "+x", "-x", "@x", "a, \"b\" c" }.Select(x => x + world.Tag).ToList();
        foreach (var name in names) await world.GrantAsync("group", name, World.Viewer, World.Tenant);
        var filter = Uri.EscapeDataString($"entity_type==group,entity_name=@{world.Tag}");

        var reply = await DownloadAsync(provider, world, $"{Log}/file?{Always}&filterBy={filter}");
        reply.Name.Should().Be("audit-log.csv");
        reply.Text.Should().Contain("\r\n").And.NotContain("\n\n");
        var records = ReadCsv(reply.Text);
        records[0].Should().StartWith(["id", "timestamp", "tenant_id"]);
        records.Should().OnlyContain(x => x.Count == records[0].Count);
        records.Skip(1).Select(x => x[records[0].IndexOf("entity_name")]).Should().BeEquivalentTo(names.Select(x => x[0] == 'a' ? x : "'" + x));
        records.Skip(1).Should().OnlyContain(x => JsonDocument.Parse(x[records[0].IndexOf("after")], default).RootElement.ValueKind == JsonValueKind.Object);

        var json = await DownloadAsync(provider, world, $"{Log}/file?{Always}&filterBy={filter}&fileType=JSON");
        json.Name.Should().Be("audit-log.json");
        JsonDocument.Parse(json.Text).RootElement.EnumerateArray().Select(x => x.GetProperty("entity_name").GetString()).Should().BeEquivalentTo(names);
        (await world.Admin.GetAsync($"{Log}/file?{Always}&file_type=XML")).Expect(HttpStatusCode.BadRequest).Details.Should().Be("file_type");
    }

    [Theory]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("'=x", "'=x")]
    [InlineData("", "")]
    public void Csv_OfACell_IsHarmless(string cell, string expected)
    {
        var row = new AuditLog { Id = "1", Timestamp = default, TenantId = "1", Subject = "s", SubjectType = "User", Action = "create", Result = "Succeeded", EntityName = cell };
        Encoding.UTF8.GetString(AuditFile.ToCsv([row])).Should().Contain("," + expected + ",");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Log_HoweverMuchItHolds_TakesTwoQueries(StorageProvider provider)
    {
        using var log = new QueryLog();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        log.Watch(host.Database);
        var world = await World.OpenAsync(host);
        var reader = await world.PersonAsync(Auditor, await world.ClusterAsync());
        foreach (var more in new[] { 1, 8 })
        {
            for (var i = 0; i < more; i++) await world.ClusterAsync();
            foreach (var person in new[] { world.Admin, reader })
            {
                log.Clear();
                (await person.GetAsync($"{Log}?{Always}&sortBy=subject&filterBy=result==Succeeded")).Expect(HttpStatusCode.OK);
                log.Commands.Count(x => x.Contains("result", StringComparison.Ordinal) && x.Contains("audit_events", StringComparison.Ordinal) && !x.Contains("INSERT", StringComparison.Ordinal) && !x.Contains("UPDATE", StringComparison.Ordinal)
                    && x.Contains("lower", StringComparison.OrdinalIgnoreCase)).Should().Be(2);
            }
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Host_Running_SealsItsEventsAndProvesThem(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        await world.ClusterAsync();

        JsonElement state;
        do
        {
            state = (await world.Admin.GetAsync("/api/v1/audit/verify")).Expect(HttpStatusCode.OK).Json;
        }
        while (state.GetProperty("unsealed").GetInt32() > 0 && !Cancel.IsCancellationRequested);

        (state.GetProperty("valid").GetBoolean(), state.GetProperty("sealed").GetInt64()).Should().Be((true, state.GetProperty("head_number").GetInt64()));
        await using var db = await OpenAsync(host);
        await db.Database.ExecuteSqlRawAsync("UPDATE audit_events SET subject = 'somebody else' WHERE number = 2", Cancel);
        var broken = (await world.Admin.GetAsync("/api/v1/audit/verify")).Expect(HttpStatusCode.OK).Json;
        (broken.GetProperty("valid").GetBoolean(), broken.GetProperty("first_broken").GetProperty("number").GetInt64()).Should().Be((false, 2L));
    }

    /// <summary>Events of several kinds whose names hold the world's tag.</summary>
    private async Task<List<AuditEventRow>> SomeEventsAsync(World world, StorageProvider provider)
    {
        var cluster = await world.ClusterAsync();
        await world.DepartmentAsync(cluster);
        var user = await world.CreateUserAsync();
        var person = await world.SignInAsync(user);
        await world.GrantAsync("user", person.Name, World.Editor, cluster);
        (await person.PostAsync("/api/v1/org-unit/departments", new { name = world.NewName(), clusterId = cluster.Id, resources = Array.Empty<object>() })).Expect(HttpStatusCode.Created);
        await world.TryPasswordAsync(person.Name, "some wrong password");
        (await world.Admin.PostAsync($"/api/v1/users/{user.Id}/logout")).Expect(HttpStatusCode.OK);
        (await world.Admin.PostAsync($"/api/v1/users/{user.Id}/password")).Expect(HttpStatusCode.OK);
        (await world.Admin.DeleteAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NoContent);
        await using var db = await OpenAsync(await Hosts.GetAsync(provider));
        var rows = await db.AuditEvents.AsNoTracking().Where(x => x.EntityName!.Contains(world.Tag)).ToListAsync(Cancel);
        rows.Count.Should().BeGreaterThan(9);
        return rows;
    }

    private static string? Shown(AuditEventRow row, string field) => field switch
    {
        "timestamp" => Micros.ToTime(row.At).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        "subject" => row.Subject,
        "subject_type" => row.SubjectType,
        "source_ip" => row.SourceIp,
        "action" => row.Action,
        "http_method" => row.HttpMethod,
        "result" => row.Result,
        "url" => row.Url,
        "entity_type" => row.EntityType,
        "entity_name" => row.EntityName,
        "entity_id" => row.EntityId,
        _ => row.ClusterName,
    };

    private static string Key(AuditEventRow row, string field) => Shown(row, field)?.ToLowerInvariant() ?? string.Empty;

    private static bool Passes(string? text, string op, string value)
    {
        if (text is null) return op is "!=" or "!@";
        var (a, b) = (text.ToLowerInvariant(), value.ToLowerInvariant());
        return op switch
        {
            "==" => a == b,
            "!=" => a != b,
            "<=" => string.CompareOrdinal(a, b) <= 0,
            ">=" => string.CompareOrdinal(a, b) >= 0,
            "=@" => a.Contains(b, StringComparison.Ordinal),
            "!@" => !a.Contains(b, StringComparison.Ordinal),
            "=^" => a.StartsWith(b, StringComparison.Ordinal),
            _ => a.EndsWith(b, StringComparison.Ordinal),
        };
    }

    private static List<string> Ids(Reply page) => [.. page.Json.GetProperty("audit_logs").EnumerateArray().Select(x => x.GetProperty("id").GetString()!)];

    private static async Task<string> RuleAsync(World world, Scope scope)
        => (await world.GrantAsync("group", world.NewName(), World.Viewer, scope)).Json.GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture);

    private static Task MoveAsync(ApiHost host, string id, string parentId)
        => host.Services.GetRequiredService<PolicyStore>().WriteAsync(ApiHost.Tenant, Actor.System, async write =>
        {
            var row = (await write.FindScopeAsync(id, Cancel))!;
            row.ParentId = parentId;
            write.TouchScope(row);
            return 0;
        }, Cancel);

    private async Task<(string? Name, string Text)> DownloadAsync(StorageProvider provider, World world, string path)
    {
        using var client = await (await Hosts.GetAsync(provider)).SignInAsAdminAsync();
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/octet-stream");
        return (response.Content.Headers.ContentDisposition?.FileName, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Reads RFC 4180.</summary>
    private static List<List<string>> ReadCsv(string text)
    {
        var records = new List<List<string>>();
        var (record, cell, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (isQuoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') isQuoted = !isQuoted;
            else if (!isQuoted && c is ',' or '\n' && !isQuoted)
            {
                record.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (c == ',') continue;
                records.Add(record);
                record = [];
            }
            else cell.Append(c);
        }

        return records;
    }

    private static Task<RunAiRbacDbContext> OpenAsync(ApiHost host) => host.Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
}
