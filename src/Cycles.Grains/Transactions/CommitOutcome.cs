namespace Cycles.Grains.Transactions;

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
