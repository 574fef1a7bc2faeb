namespace Cycles.Grains.Journal;

/// <summary>What a fact is about, and so who reads it.</summary>
internal enum FactKind
{
    /// <summary>Budgets of any tenant: for the lists over all tenants.</summary>
    Budgets,

    /// <summary>Tenants and their API keys: for the lists over all tenants.</summary>
    Tenants,

    /// <summary>Entries of the audit log: for its index.</summary>
    Audit,

    /// <summary>One tenant's reservations: for its list. Only the tenant's ledger has these.</summary>
    Reservations,
}
