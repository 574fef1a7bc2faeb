using Cycles.Grains.Transactions;

namespace Cycles.Grains.Peers;

/// <summary>What an outcome means to the locks of its transaction.</summary>
internal static class CommitOutcomes
{
    /// <summary>After a conflict the state of one participant is old. Each finds out whether it is its own, so that the others need not reload.</summary>
    public static LockOutcome ToLockOutcome(this CommitOutcome outcome) => outcome switch
    {
        CommitOutcome.Durable => LockOutcome.Applied,
        CommitOutcome.TenantClosed or CommitOutcome.TooManyOutstanding or CommitOutcome.TooManyBytes => LockOutcome.Abandoned,
        _ => LockOutcome.Conflicted,
    };
}
