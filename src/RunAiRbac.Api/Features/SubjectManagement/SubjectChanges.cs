using Microsoft.EntityFrameworkCore;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>The answer of calls that the compatible API answers without a body: clients parse it as JSON all the same.</summary>
internal sealed record EmptyAnswer;

/// <summary>Changes that users and applications share. They judge nothing.</summary>
internal static class SubjectChanges
{
    /// <summary>
    /// Ends every session of a subject: its access tokens by the epoch, its refresh tokens by their rows. The caller touches the subject afterwards.
    /// </summary>
    public static async Task EndSessionsAsync(this PolicyWrite write, SubjectRow row, CancellationToken cancellationToken)
    {
        row.SessionEpoch++;
        await write.Db.Sessions
            .Where(x => x.TenantId == write.TenantId && x.SubjectId == row.Id && x.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(x => x.EndedAt, write.Now), cancellationToken);
    }

    /// <summary>Enables or disables. Disabling ends the sessions too, so that enabling again brings none of them back.</summary>
    public static async Task SetEnabledAsync(this PolicyWrite write, SubjectRow row, bool enabled, CancellationToken cancellationToken)
    {
        if (row.Enabled == enabled) return;
        row.Enabled = enabled;
        if (!enabled) await write.EndSessionsAsync(row, cancellationToken);
        await write.TouchSubjectAsync(row, cancellationToken);
    }

    /// <summary>The row of a subject that the snapshot before this write holds.</summary>
    public static async Task<SubjectRow> RowAsync(this PolicyWrite write, string id, CancellationToken cancellationToken)
        => await write.FindSubjectAsync(id, cancellationToken)
            ?? throw new InvalidOperationException("A subject of the snapshot has no living row.");
}
