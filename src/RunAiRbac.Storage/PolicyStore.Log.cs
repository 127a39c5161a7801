using Microsoft.Extensions.Logging;

namespace RunAiRbac.Storage;

public sealed partial class PolicyStore
{
    private sealed partial class Log(ILogger<PolicyStore> logger)
    {
        [LoggerMessage(1, LogLevel.Information, "Loaded tenant {TenantId} at revision {Revision}: {Rules} rules in {Milliseconds} ms")]
        public partial void Loaded(int tenantId, long revision, int rules, double milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "Tenant {TenantId}: the change log does not lead from epoch {Epoch} revision {Revision} to epoch {NewEpoch} revision {NewRevision}; reading everything again")]
        public partial void Reloading(int tenantId, int epoch, long revision, int newEpoch, long newRevision);

        [LoggerMessage(3, LogLevel.Error, "Tenant {TenantId}: its policy cannot be read; it stops answering when its last confirmation is too old")]
        public partial void TenantFailed(int tenantId, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "The store has gone from epoch {Epoch} to {NewEpoch}")]
        public partial void NewEpoch(int epoch, int newEpoch);

        [LoggerMessage(5, LogLevel.Error, "Tenant {TenantId}: it is unknown whether revision {Revision} was committed")]
        public partial void CommitUnknown(int tenantId, long revision, Exception exception);
    }
}
