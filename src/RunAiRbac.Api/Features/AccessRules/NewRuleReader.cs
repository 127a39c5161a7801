using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>A creation body whose shape is right; nothing in it is resolved yet.</summary>
internal sealed record WantedRule(
    SubjectKind SubjectKind, string SubjectType, string SubjectId, int RoleId, string ScopeType, string ScopeId, string? ClusterId, long? NotBefore, long? ExpiresAt, string? Reason);

/// <summary>Validates creation bodies: 400 naming the field.</summary>
internal static class NewRuleReader
{
    private const int MaxSubjectId = 320;
    private static readonly string[] ScopeTypes = ["system", "tenant", "cluster", "department", "project"];

    public static WantedRule Read(AccessRuleCreation body, long now)
    {
        var subjectType = body.SubjectType ?? throw ApiException.Invalid("subjectType", "is missing");
        var kind = subjectType == "application" ? null : Subjects.Kind(subjectType);
        if (kind is null) throw ApiException.Invalid("subjectType", "must be user, app, service-account or group");
        var scopeType = body.ScopeType ?? throw ApiException.Invalid("scopeType", "is missing");
        if (!ScopeTypes.Contains(scopeType, StringComparer.Ordinal)) throw ApiException.Invalid("scopeType", "must be system, tenant, cluster, department or project");
        var (notBefore, expiresAt) = ReadTimes(body, now);
        return new WantedRule(
            kind.Value,
            subjectType,
            ReadSubjectId(body.SubjectId),
            body.RoleId ?? throw ApiException.Invalid("roleId", "is missing"),
            scopeType,
            body.ScopeId ?? throw ApiException.Invalid("scopeId", "is missing"),
            body.ClusterId,
            notBefore,
            expiresAt,
            PlainText.DemandOptional("reason", body.Reason, Lengths.Reason));
    }

    private static (long? NotBefore, long? ExpiresAt) ReadTimes(AccessRuleCreation body, long now)
    {
        long? notBefore = body.NotBefore is null ? null : Times.ReadMicros(body.NotBefore, "notBefore");
        long? expiresAt = body.ExpiresAt is null ? null : Times.ReadMicros(body.ExpiresAt, "expiresAt");
        if (expiresAt <= now) throw ApiException.Invalid("expiresAt", "is in the past");
        if (expiresAt <= notBefore) throw ApiException.Invalid("expiresAt", "must be after `notBefore`");
        return (notBefore, expiresAt);
    }

    private static string ReadSubjectId(string? subjectId)
    {
        if (string.IsNullOrEmpty(subjectId)) throw ApiException.Invalid("subjectId", "is missing");
        return PlainText.DemandName("subjectId", subjectId, MaxSubjectId);
    }
}
