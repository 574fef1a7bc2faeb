namespace Cycles.Grains.Journal;

/// <summary>The facts of this silo's ledgers, for the indexes over all tenants.</summary>
internal sealed class SiloFacts(TimeProvider time)
{
    // Each budget once; some 150 bytes each. A page of them is made under the lock that those who tell take, some milliseconds long.
    private const int MostBudgets = 131_072;
    private const int MostTenants = 65_536;
    private const int MostAudit = 4_096;

    private readonly FactFeed _budgets = new(MostBudgets, time);
    private readonly FactFeed _tenants = new(MostTenants, time);
    private readonly FactFeed _audit = new(MostAudit, time);

    /// <summary>The feed of a kind of fact that is told of all tenants.</summary>
    public FactFeed Of(FactKind kind) => kind switch
    {
        FactKind.Budgets => _budgets,
        FactKind.Tenants => _tenants,
        FactKind.Audit => _audit,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is told by each tenant's ledger"),
    };

    /// <summary>The store may have anything of that tenant that was not told here and will not be.</summary>
    public void Doubt(string tenantId)
    {
        _budgets.Tell(new TenantChanged(FactKind.Budgets, tenantId));
        _tenants.Tell(new TenantChanged(FactKind.Tenants, tenantId));
        _audit.Tell(new TenantChanged(FactKind.Audit, tenantId));
    }
}
