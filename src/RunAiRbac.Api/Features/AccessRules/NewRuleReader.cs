using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>A creation body whose shape is right; nothing in it is resolved yet.</summary>
internal sealed record WantedRule(
    SubjectKind SubjectKind, string? SubjectType, string SubjectId, int RoleId, string ScopeType, string ScopeId, string? ClusterId, long? NotBefore, long? ExpiresAt, string? Reason);

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
        return Read(body, kind.Value, now);
    }

    /// <summary>A rule for all authenticated.</summary>
    public static WantedRule Read(AuthenticatedUsersRuleCreation body, long now)
    {
        var rule = new AccessRuleCreation
        {
            RoleId = body.RoleId,
            ScopeId = body.ScopeId,
            ScopeType = body.ScopeType,
            ClusterId = body.ClusterId,
            NotBefore = body.NotBefore,
            ExpiresAt = body.ExpiresAt,
            Reason = body.Reason,
        };
        return Read(rule, SubjectKind.AllAuthenticated, now);
    }

    /// <summary>A rule of a simulation. There one list holds all; that for all authenticated, which is created elsewhere, is told by its type.</summary>
    public static WantedRule ReadSimulated(AccessRuleCreation body, long now)
    {
        if (body.SubjectType != Subjects.AllAuthenticated) return Read(body, now);
        return body.SubjectId is null ? Read(body, SubjectKind.AllAuthenticated, now) : throw ApiException.Invalid("subjectId", $"must be absent for {Subjects.AllAuthenticated}");
    }

    /// <summary>The term of a rule; <paramref name="at"/> is the path of the object that has it.</summary>
    public static (long? NotBefore, long? ExpiresAt) ReadTimes(string? notBefore, string? expiresAt, long now, string at = "")
    {
        long? start = notBefore is null ? null : Times.ReadMicros(notBefore, at + "notBefore");
        long? end = expiresAt is null ? null : Times.ReadMicros(expiresAt, at + "expiresAt");
        if (end <= now) throw ApiException.Invalid(at + "expiresAt", "is in the past");
        if (end <= start) throw ApiException.Invalid(at + "expiresAt", "must be after `notBefore`");
        return (start, end);
    }

    public static string? ReadReason(string? reason, string at = "") => PlainText.DemandOptional(at + "reason", reason, Lengths.Reason);

    private static WantedRule Read(AccessRuleCreation body, SubjectKind kind, long now)
    {
        var scopeType = body.ScopeType ?? throw ApiException.Invalid("scopeType", "is missing");
        if (!ScopeTypes.Contains(scopeType, StringComparer.Ordinal)) throw ApiException.Invalid("scopeType", "must be system, tenant, cluster, department or project");
        var (notBefore, expiresAt) = ReadTimes(body.NotBefore, body.ExpiresAt, now);
        return new WantedRule(
            kind,
            body.SubjectType,
            kind == SubjectKind.AllAuthenticated ? string.Empty : ReadSubjectId(body.SubjectId),
            body.RoleId ?? throw ApiException.Invalid("roleId", "is missing"),
            scopeType,
            body.ScopeId ?? throw ApiException.Invalid("scopeId", "is missing"),
            body.ClusterId,
            notBefore,
            expiresAt,
            ReadReason(body.Reason));
    }

    private static string ReadSubjectId(string? subjectId)
    {
        if (string.IsNullOrEmpty(subjectId)) throw ApiException.Invalid("subjectId", "is missing");
        return PlainText.DemandName("subjectId", subjectId, MaxSubjectId);
    }
}
