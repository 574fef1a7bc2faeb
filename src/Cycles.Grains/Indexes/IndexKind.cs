namespace Cycles.Grains.Indexes;

/// <summary>What an index over all tenants holds. Each follows the changes of its own kind.</summary>
internal enum IndexKind
{
    /// <summary>Budgets with their numbers.</summary>
    Budgets,

    /// <summary>Tenants and their API keys.</summary>
    Tenants,
}
