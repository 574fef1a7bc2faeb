namespace Cycles.Grains.Ledger;

/// <summary>What became of a transaction.</summary>
public enum CommitOutcome
{
    /// <summary>It is durable.</summary>
    Durable,

    /// <summary>Nothing was written: somebody that takes part holds an older state. Reload and try again.</summary>
    Conflict,

    /// <summary>Nothing was written: the tenant is closed.</summary>
    TenantClosed,
}
