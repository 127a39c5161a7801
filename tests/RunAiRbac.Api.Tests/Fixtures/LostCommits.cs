using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>Loses the connection around the next commit, before or after the database has done it: the writer cannot know which.</summary>
public sealed class LostCommits : DbTransactionInterceptor
{
    public bool BeforeNext { get; set; }

    public bool AfterNext { get; set; }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (!BeforeNext) return new(result);
        BeforeNext = false;
        throw new IOException("The connection was lost.");
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (!AfterNext) return Task.CompletedTask;
        AfterNext = false;
        throw new IOException("The connection was lost.");
    }
}
