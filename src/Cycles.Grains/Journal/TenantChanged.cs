namespace Cycles.Grains.Journal;

/// <summary>Anything of the tenant may have changed: a reader of this kind reads the tenant again.</summary>
/// <param name="Of">The kind.</param>
/// <param name="TenantId">The tenant.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact.tenant-changed")]
internal sealed record TenantChanged([property: Id(0)] FactKind Of, [property: Id(1)] string TenantId) : Fact
{
    public override FactKind Kind => Of;

    public override object Subject => TenantId;
}
