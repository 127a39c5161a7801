using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;
using Fields = RunAiRbac.Api.Http.ListFields<RunAiRbac.Storage.AuditEventRow>;

namespace RunAiRbac.Api.Features.Audit;

/// <summary>The time that a look at the log covers, both ends included.</summary>
internal sealed record AuditPeriod(long Start, long End)
{
    public static AuditPeriod Read(IQueryCollection query)
    {
        var period = new AuditPeriod(ReadTime(query, "start"), ReadTime(query, "end"));
        return period.End >= period.Start ? period : throw ApiException.Invalid("end", "must not lie before `start`");
    }

    private static long ReadTime(IQueryCollection query, string name)
        => Times.ReadMicros(ListQuery.ReadOne(query, name) ?? throw ApiException.Invalid(name, "is missing"), name);
}

/// <summary>
/// Reads the audit log: all of it with `events-history` read at the tenant, else the events that belonged to a scope where the caller holds it, or to one
/// below, when they happened.
/// </summary>
internal sealed class AuditLists(PolicyStore store, AuditVerifier verifier, TimeProvider clock)
{
    public const string ResourceType = "events-history";

    private static readonly string[] Actions =
        [AuditActions.Create, AuditActions.Delete, AuditActions.ResetPassword, AuditActions.SignIn, AuditActions.SignOut, AuditActions.Update];

#pragma warning disable CA1304, CA1311 // Only this overload becomes SQL; these texts are ASCII.
    public static readonly ListTable<AuditEventRow> Table = new(
        Fields.Text("id", x => x.Id),
        [
            Fields.Date("timestamp", x => x.At),
            // The longer name first: a term is read by the first field that it begins with.
            Fields.Text("subject_type", x => x.SubjectType.ToLower(), words: [AuditSubjectTypes.App, AuditSubjectTypes.User]),
            Fields.Text("subject", x => x.SubjectFolded),
            Fields.Text("source_ip", x => x.SourceIp),
            Fields.Text("action", x => x.Action, words: Actions),
            Fields.Text("http_method", x => x.HttpMethod!.ToLower()).OnlySorted(),
            Fields.Text("result", x => x.Result.ToLower(), words: [AuditResults.Failed, AuditResults.Succeeded]),
            Fields.Text("url", x => x.Url!.ToLower()),
            Fields.Text("entity_type", x => x.EntityType),
            Fields.Text("entity_name", x => x.EntityNameFolded),
            Fields.Text("entity_id", x => x.EntityId).OnlySorted(),
            Fields.Text("cluster_name", x => x.ClusterNameFolded).OnlyFiltered(),
        ],
        new ListLimits(20, "numberOfSamples", 0, 1000),
        defaultSort: "timestamp");
#pragma warning restore CA1304, CA1311

    /// <summary>A page, with the number of all: two queries.</summary>
    public async Task<AuditLogPage> PageAsync(HttpContext context, AuditPeriod period, ListQuery query)
    {
        if (!CanRead(context)) return new AuditLogPage { Total = 0, AuditLogs = [] };
        await using var db = await store.OpenAsync(context.RequestAborted);
        var events = Table.Filter(Readable(db, context, period), query);
        var total = await events.LongCountAsync(context.RequestAborted);
        var rows = query.Limit == 0 ? [] : await Table.Page(events, query).ToListAsync(context.RequestAborted);
        var next = query.Offset + (long)rows.Count;
        return new AuditLogPage { Total = total, Next = rows.Count > 0 && next < total ? (int)next : null, AuditLogs = rows.ConvertAll(Show) };
    }

    /// <summary>The first events of the period, for a file.</summary>
    public async Task<List<AuditLog>> FirstAsync(HttpContext context, AuditPeriod period, ListQuery query)
    {
        if (!CanRead(context) || query.Limit == 0) return [];
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Table.Page(Table.Filter(Readable(db, context, period), query), query).ToListAsync(context.RequestAborted);
        return rows.ConvertAll(Show);
    }

    public async Task<AuditChainState> VerifyAsync(HttpContext context)
    {
        var found = await verifier.VerifyAsync(context.Admitted().Caller.TenantId, context.RequestAborted);
        return new AuditChainState
        {
            Valid = found.FirstBroken is null,
            Sealed = found.Sealed,
            Unsealed = found.Unsealed,
            DroppedNumber = found.DroppedNumber,
            HeadNumber = found.HeadNumber,
            HeadHash = found.HeadHash,
            FirstBroken = found.FirstBroken is { } broken ? new AuditChainBreak { Number = broken.Number, Id = broken.EventId, Reason = broken.Reason } : null,
        };
    }

    private bool CanRead(HttpContext context) => Acting.Reading(context.Admitted(), clock).CanAnywhere(ResourceType, "read");

    private IQueryable<AuditEventRow> Readable(RunAiRbacDbContext db, HttpContext context, AuditPeriod period)
    {
        var admitted = context.Admitted();
        var tenantId = admitted.Caller.TenantId;
        var acting = Acting.Reading(admitted, clock);
        var events = db.AuditEvents.AsNoTracking().Where(x => x.TenantId == tenantId && x.At >= period.Start && x.At <= period.End);
        var held = acting.PermittedScopes(ResourceType, "read");
        if (held.Contains(acting.Tenant)) return events;
        var ids = held.Select(scope => acting.Snapshot.Scope(scope).Id).ToArray();
        return events.Where(x => db.AuditScopes.Any(s => s.TenantId == tenantId && s.EventId == x.Id && EF.Parameter(ids).Contains(s.ScopeId)));
    }

    private static AuditLog Show(AuditEventRow row) => new()
    {
        Id = row.Id,
        Timestamp = Micros.ToTime(row.At),
        TenantId = row.TenantId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Subject = row.Subject,
        SubjectType = row.SubjectType,
        SubjectId = row.SubjectId,
        SourceIp = row.SourceIp,
        Action = row.Action,
        HttpMethod = row.HttpMethod,
        Url = row.Url,
        EntityType = row.EntityType,
        EntityName = row.EntityName,
        EntityId = row.EntityId,
        Result = row.Result,
        HttpStatusCode = row.HttpStatusCode,
        ClusterName = row.ClusterName,
        ClusterId = row.ClusterId,
        RequestId = row.RequestId,
        Metadata = row.Metadata is { } metadata ? JsonSerializer.Deserialize<Dictionary<string, string>>(metadata) : null,
        Before = Json(row.Before),
        After = Json(row.After),
        Number = row.Number,
        Hash = row.Hash,
    };

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);
}
