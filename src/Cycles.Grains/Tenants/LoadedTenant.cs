using Cycles.Grains.Records;

namespace Cycles.Grains.Tenants;

/// <summary>
/// What a tenant's grain has read, and the epoch under which it read it. They are one object, since they are valid only together: a change that
/// began on one state must not be written under the epoch of a later one.
/// </summary>
/// <param name="State">What the tenant is and owns; null when it does not exist.</param>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Term">The term of the ledger that it was read from.</param>
internal sealed record LoadedTenant(TenantState? State, long Epoch, long Term)
{
    /// <summary>What the tenant is and owns; null when it does not exist. A change replaces it when it makes the tenant.</summary>
    public TenantState? State { get; set; } = State;
}
