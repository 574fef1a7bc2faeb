using Cycles.Grains.Boards;
using Cycles.Grains.Cluster;
using Cycles.Grains.Limits;
using Cycles.Grains.Peers;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;

namespace Cycles.Grains.Reservations;

/// <summary>What the reservations of one tenant work with.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Keys">Its keys in the store.</param>
/// <param name="Ledger">Its ledger.</param>
/// <param name="Ledgers">What the ledgers of this silo know from memory.</param>
/// <param name="CommitLimits">Which tenants limit their commits.</param>
/// <param name="Channels">The ways to the scopes.</param>
/// <param name="Grains">The other grains.</param>
/// <param name="Standing">Whether this silo may still work.</param>
/// <param name="Clock">The store's clock.</param>
/// <param name="Options">How long what is kept.</param>
internal sealed record ReservationHost(
    string TenantId,
    TenantKeys Keys,
    ILedgerGrain Ledger,
    LedgerBoard Ledgers,
    CommitLimitBoard CommitLimits,
    ScopeChannels Channels,
    IGrainFactory Grains,
    SiloStanding Standing,
    StoreClock Clock,
    StoreOptions Options)
{
    /// <summary>
    /// Whether a reservation may be made here. Not any more once the grain is to end: its caller may ask the next one meanwhile, and must not be told
    /// that it was refused there, and have it made here afterwards. What is made already is fenced by the epoch under which the next one opens it.
    /// </summary>
    public bool MayOpen { get; set; } = true;
}
