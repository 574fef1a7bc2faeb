using Cycles.Grains.Scopes;

namespace Cycles.Grains.Ledger;

/// <summary>What became of a transaction.</summary>
internal enum CommitOutcome
{
    /// <summary>It is durable.</summary>
    Durable,

    /// <summary>Nothing was written: somebody that takes part holds an older state. Reload and try again.</summary>
    Conflict,

    /// <summary>Nothing was written: the tenant is closed.</summary>
    TenantClosed,

    /// <summary>Nothing was written: the tenant has as many active reservations as it may.</summary>
    TooManyOutstanding,

    /// <summary>Nothing was written: the tenant has had as many bytes written today as it may.</summary>
    TooManyBytes,
}

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
