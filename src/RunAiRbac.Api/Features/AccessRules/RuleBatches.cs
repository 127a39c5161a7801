using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Validates what is common to a whole batch: 400 naming the field. What concerns one item is that item's failure.</summary>
internal static class RuleBatches
{
    public const int Max = 1_000;

    /// <summary>The rules of a batch, subject by subject and scope by scope.</summary>
    public static List<AccessRuleCreation> Items(AccessRuleBatchCreation body, long now)
    {
        var payload = body.Payload ?? throw ApiException.Invalid("payload", "is missing");
        if (payload.RoleId is null) throw ApiException.Invalid("payload.roleId", "is missing");
        NewRuleReader.ReadTimes(payload.NotBefore, payload.ExpiresAt, now, "payload.");
        NewRuleReader.ReadReason(payload.Reason, "payload.");
        var subjects = Filled(payload.Subjects, "payload.subjects");
        var scopes = Filled(payload.Scopes, "payload.scopes");
        var count = (long)subjects.Count * scopes.Count;
        if (count > Max) throw ApiException.Invalid("payload", string.Create(CultureInfo.InvariantCulture, $"holds {count} rules: at most {Max} at once"));
        return [.. subjects.SelectMany(_ => scopes, (subject, scope) => Item(payload, subject, scope))];
    }

    /// <summary>The ids of a batch.</summary>
    public static IReadOnlyList<string> Ids(AccessRuleBatch body)
    {
        if (body.Action is not ("delete" or "validate_delete")) throw ApiException.Invalid("action", "must be delete or validate_delete");
        var ids = Filled(body.Ids, "ids");
        return ids.Count <= Max ? ids : throw ApiException.Invalid("ids", string.Create(CultureInfo.InvariantCulture, $"holds {ids.Count} ids: at most {Max} at once"));
    }

    public static bool IsRehearsal(AccessRuleBatch body) => body.Action == "validate_delete";

    private static IReadOnlyList<T> Filled<T>(IReadOnlyList<T>? list, string field)
        where T : class
    {
        if (list is null) throw ApiException.Invalid(field, "is missing");
        if (list.Count == 0) throw ApiException.Invalid(field, "must not be empty");
        for (var i = 0; i < list.Count; i++)
            if (list[i] is null) throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), "must be an object");
        return list;
    }

    private static AccessRuleCreation Item(AccessRuleBatchPayload payload, AccessRuleSubject subject, AccessRuleScope scope) => new()
    {
        SubjectId = subject.SubjectId,
        SubjectType = subject.SubjectType,
        RoleId = payload.RoleId,
        ScopeId = scope.ScopeId,
        ScopeType = scope.ScopeType,
        ClusterId = payload.ClusterId,
        NotBefore = payload.NotBefore,
        ExpiresAt = payload.ExpiresAt,
        Reason = payload.Reason,
    };
}
