using Cycles.Grains.Cluster;
using Cycles.Grains.Ledger;
using Cycles.Grains.Limits;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;

namespace Cycles.Grains.Reservations;

/// <summary>What the reservations of one tenant work with.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Keys">Its keys in the store.</param>
/// <param name="Ledger">Its ledger.</param>
/// <param name="Commits">The way to it for what is written.</param>
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
    LedgerChannel Commits,
    LedgerBoard Ledgers,
    CommitLimitBoard CommitLimits,
    ScopeChannels Channels,
    IGrainFactory Grains,
    SiloStanding Standing,
    StoreClock Clock,
    StoreOptions Options);
