using Cycles.Contracts.Addressing;
using Cycles.Contracts.Reservations;
using Cycles.Grains.Addressing;
using Cycles.Grains.Boards;
using Cycles.Grains.Cluster;
using Cycles.Grains.Limits;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Reservations;

// Reentrant: each reservation lets through one operation at a time, and nothing is shared between two of them but the table, which changes
// only between awaits.
[Reentrant, TenantPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class ReservationGrain(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    LedgerBoard ledgers,
    CommitLimitBoard commitLimits,
    IdleReservations idleReservations,
    SiloStanding standing,
    StoreClock clock,
    IOptions<StoreOptions> options)
    : Grain, IReservationGrain, IReservationPeerGrain, IEndsWaits
{
    // A reservation is usually committed within seconds; a later commit costs a read.
    private static readonly TimeSpan KeptIdle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, ReservationCoordinator> _present = [];
    private readonly LaterAttempts _later = new();
    private ReservationHost? _host;
    private BusyTimer _idleTimer = null!;

    private ReservationHost Host => _host ??= MakeHost();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _idleTimer = new BusyTimer(this, LookAfter, DropIdleAsync);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        foreach (var reservation in _present.Values)
        {
            Wake(reservation);
        }

        // Not when Orleans ends all grains of a silo at once: the ledger ends too.
        if (reason.ReasonCode != DeactivationReasonCode.ShuttingDown)
        {
            await CloseAsync([.. _present.Values]);
        }
    }

    public void EndWaits() => Host.MayOpen = false;

    public async ValueTask<ReserveReply> Reserve(ReserveCommand command, Peers.Admission admission)
    {
        _later.Pass(command.Attempt);
        using var presence = Enter(command.Id);
        return await presence.Reservation.ReserveAsync(command, admission);
    }

    public async ValueTask<ReservationReply> Commit(string id, CommitCommand command)
    {
        _later.Pass(command.Attempt);
        using var presence = Enter(id);
        return await presence.Reservation.CommitAsync(command);
    }

    public async ValueTask<ReservationReply> Release(string id, ReleaseCommand command)
    {
        using var presence = Enter(id);
        return await presence.Reservation.ReleaseAsync(command);
    }

    public async ValueTask<ReservationReply> Extend(string id, ExtendCommand command)
    {
        using var presence = Enter(id);
        return await presence.Reservation.ExtendAsync(command);
    }

    public async ValueTask<ReservationReply> Get(string id)
    {
        using var presence = Enter(id);
        return await presence.Reservation.GetAsync();
    }

    public async ValueTask<bool> Expire(string id)
    {
        using var presence = Enter(id);
        return await presence.Reservation.ExpireAsync();
    }

    public async ValueTask EndWithTenant(string id, TenantClose close)
    {
        using var presence = Enter(id);
        await presence.Reservation.EndWithTenantAsync(close);
    }

    private ReservationHost MakeHost()
    {
        var tenantId = GrainTenant.Of(this.GetPrimaryKeyString());
        return new ReservationHost(
            tenantId,
            new TenantKeys(tenantId),
            grains.Get<ILedgerGrain>(tenantId),
            ledgers,
            commitLimits,
            new ScopeChannels(grains, silo.SiloAddress),
            grains,
            standing,
            clock,
            options.Value);
    }

    private Presence Enter(string id)
    {
        if (!_present.TryGetValue(id, out var reservation))
        {
            _present.Add(id, reservation = new ReservationCoordinator(Host, id));
            _idleTimer.Start();
        }

        Wake(reservation);
        reservation.Callers++;
        return new Presence(this, id, reservation);
    }

    private void Wake(ReservationCoordinator reservation)
    {
        if (reservation.IdleBytes > 0)
        {
            idleReservations.Drop(reservation.IdleBytes);
            reservation.IdleBytes = 0;
        }
    }

    private bool TryKeep(ReservationCoordinator reservation)
    {
        if (!reservation.IsActive || !idleReservations.TryKeep(reservation.Size))
        {
            return false;
        }

        reservation.IdleBytes = reservation.Size;
        return true;
    }

    /// <summary>What is not active is rarely asked for again, and may be much: it does not stay in memory. Nor does what finds no room there.</summary>
    private void Leave(string id, ReservationCoordinator reservation)
    {
        reservation.Callers--;
        reservation.LeftAtMs = Environment.TickCount64;
        if (reservation.Callers == 0 && !TryKeep(reservation))
        {
            _present.Remove(id);
            if (reservation.Registered is { } record)
            {
                Host.Ledger.CloseRecord(record.Id, record.Epoch).AsTask().Ignore(); // One way: nothing comes back.
            }
        }
    }

    private async Task<bool> DropIdleAsync()
    {
        var before = Environment.TickCount64 - (long)KeptIdle.TotalMilliseconds;
        var idle = _present.Where(pair => pair.Value.Callers == 0 && pair.Value.LeftAtMs < before).ToArray();
        foreach (var (id, reservation) in idle)
        {
            Wake(reservation);
            _present.Remove(id);
        }

        await CloseAsync(Array.ConvertAll(idle, pair => pair.Value));
        return _present.Count > 0;
    }

    private async Task CloseAsync(ReservationCoordinator[] reservations)
    {
        var records = reservations.Select(reservation => reservation.Registered).OfType<RecordStake>().ToArray();
        if (records.Length > 0)
        {
            await Host.Ledger.CloseRecords(records);
        }
    }

    /// <summary>A caller at a reservation; disposing ends the visit.</summary>
    private readonly struct Presence(ReservationGrain grain, string id, ReservationCoordinator reservation) : IDisposable
    {
        public ReservationCoordinator Reservation => reservation;

        public void Dispose() => grain.Leave(id, reservation);
    }
}
