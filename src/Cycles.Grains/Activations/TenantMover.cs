using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Reservations;
using Cycles.Grains.Scopes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Activations;

/// <summary>
/// Moves tenants to their new place when silos have come or gone: placement acts only when a grain is activated, so without this the grains of a tenant
/// would lie on several silos until each of them has been idle. It waits until the membership has been at rest for a moment, and moves
/// tenant by tenant at a bounded rate. While the grains of a tenant are apart all stays correct, only slower.
/// A silo that ends moves all its tenants first, while it still works: Orleans would end all grains at once, and those that wait for each other
/// would keep their callers until the time for the end is over.
/// </summary>
internal sealed partial class TenantMover(
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    TenantActivations activations,
    TimeProvider time,
    ILogger<TenantMover> logger) : BackgroundService, ILifecycleParticipant<ISiloLifecycle>
{
    // A rolling restart is a change every few seconds; each would move a third of the tenants.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    // Each reloads its numbers from the store.
    private const int AtOnce = 8;

    // An activation that does not end in time is left behind: the next look finds it again.
    private static readonly TimeSpan StagePatience = TimeSpan.FromSeconds(5);

    // An activation that was being made while the others moved is found by the next look.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    // A silo that ends has seconds. What has not moved by then Orleans ends; it needs some of the time too.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LeaveStagePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavePoll = TimeSpan.FromMilliseconds(10);

    // The silo itself knows first that it ends. What a silo that has not heard of it places here would only have to move again.
    private static readonly TimeSpan News = TimeSpan.FromMilliseconds(100);

    /// <summary>When the silo ends: once the others are told, and before Orleans ends its grains.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(TenantMover), ServiceLifecycleStage.BecomeActive, _ => Task.CompletedTask, LeaveAsync);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var seen = membership.CurrentSnapshot;
            await Task.Delay(Rest, time, stoppingToken);
            if (membership.CurrentSnapshot.Version == seen.Version)
            {
                await MoveAsync(seen, stoppingToken);
                await WaitForChangeAsync(seen, stoppingToken);
            }
        }
    }

    private async Task LeaveAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(LeavePatience);
        try
        {
            while (!membership.CurrentSnapshot.GetSiloStatus(self.SiloAddress).IsTerminating())
            {
                await Task.Delay(LeavePoll, time, limit.Token);
            }

            await Task.Delay(News, time, limit.Token);

            // Twice: what was being made while the others moved.
            for (var look = 0; look < 2 && ActiveSilos(membership.CurrentSnapshot).Length > 0; look++)
            {
                await Parallel.ForEachAsync(
                    activations.ByTenant,
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = limit.Token },
                    async (tenant, _) => await MoveAsync(tenant, LeaveStagePatience, limit.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The others could not be told in time, or some grains do not end.
        }
    }

    private static SiloAddress[] ActiveSilos(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    private async Task MoveAsync(ClusterMembershipSnapshot snapshot, CancellationToken stop)
    {
        var silos = ActiveSilos(snapshot);
        if (Array.IndexOf(silos, self.SiloAddress) < 0)
        {
            // It is starting or ending.
            return;
        }

        var moving = activations.ByTenant.Where(tenant => !TenantPlacementDirector.PlaceOf(tenant.Key, silos).Equals(self.SiloAddress)).ToArray();
        var moved = 0;
        await Parallel.ForEachAsync(moving, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (tenant, _) =>
        {
            if (membership.CurrentSnapshot.Version == snapshot.Version)
            {
                Interlocked.Increment(ref moved);
                await MoveAsync(tenant, StagePatience, stop);
            }
        });

        if (moved > 0)
        {
            LogMoved(logger, moved, silos.Length);
        }
    }

    /// <summary>
    /// Those that call first, then those that they call: what runs in a grain that is to end, and the grain that is made elsewhere in its place, may need
    /// an answer of the next, which gives none while it ends itself. By migration and not by mere deactivation: callers that still know the old place
    /// are sent on, where otherwise their next message would make the grain there again.
    /// </summary>
    private async Task MoveAsync(IEnumerable<IGrainContext> tenant, TimeSpan patience, CancellationToken stop)
    {
        foreach (var stage in tenant.GroupBy(StageOf).OrderBy(stage => stage.Key))
        {
            IGrainContext[] contexts = [.. stage];

            // Not with the token: it would end them in the middle of what they do.
            Array.ForEach(contexts, context => context.Migrate(requestContext: null, CancellationToken.None));
            await Task.WhenAny(Task.WhenAll(contexts.Select(context => context.Deactivated)), Task.Delay(patience, time, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    private static int StageOf(IGrainContext context) => context.GrainInstance switch
    {
        ReservationGrain => 0,
        ScopeGrain => 2,
        LedgerGrain => 3,
        _ => 1,
    };

    private async Task WaitForChangeAsync(ClusterMembershipSnapshot seen, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (membership.CurrentSnapshot.Version == seen.Version && time.GetElapsedTime(started) < LookAgain)
        {
            await Task.Delay(Rest / 4, time, stop);
        }
    }

    [LoggerMessage(EventId = 1603, Level = LogLevel.Information, Message = "{Tenants} tenants move to their place among {Silos} silos")]
    private static partial void LogMoved(ILogger logger, int tenants, int silos);
}
