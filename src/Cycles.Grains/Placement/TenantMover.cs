using Cycles.Grains.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cycles.Grains.Placement;

/// <summary>
/// Moves tenants to their new place when silos have come or gone: placement acts only when a grain is activated, so without this the grains of a tenant
/// would lie on several silos until each of them has been idle. It waits until the membership has been at rest for a moment, and moves
/// tenant by tenant at a bounded rate. While the grains of a tenant are apart all stays correct, only slower.
/// </summary>
internal sealed partial class TenantMover(
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    TenantActivations activations,
    TimeProvider time,
    ILogger<TenantMover> logger) : BackgroundService
{
    // A rolling restart is a change every few seconds; each would move a third of the tenants.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    // 50 tenants a second: each reloads its numbers from the store.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // An activation that was being made while the others moved is found by the next look.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    // Ended, and made again where it belongs by whoever asks next. Orleans' migration would make them all before it lets any of the old ones go; a grain
    // that asks its ledger while it is being made then waits for a ledger that waits for it.
    private static readonly DeactivationReason Moving = new(DeactivationReasonCode.ApplicationRequested, "Its tenant has its place on another silo");

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

    private async Task MoveAsync(ClusterMembershipSnapshot snapshot, CancellationToken stop)
    {
        SiloAddress[] silos = [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];
        if (Array.IndexOf(silos, self.SiloAddress) < 0)
        {
            // It is starting or ending: Orleans itself takes care of its grains.
            return;
        }

        var moved = 0;
        foreach (var tenant in activations.ByTenant)
        {
            if (membership.CurrentSnapshot.Version != snapshot.Version)
            {
                break;
            }

            if (TenantPlacementDirector.PlaceOf(tenant.Key, silos).Equals(self.SiloAddress))
            {
                continue;
            }

            // The ledger first: whoever asks the others then finds it where they will be.
            foreach (var context in tenant.OrderByDescending(context => context.GrainInstance is LedgerGrain))
            {
                context.Deactivate(Moving, stop);
            }

            moved++;
            await Task.Delay(Pause, time, stop);
        }

        if (moved > 0)
        {
            LogMoved(logger, moved, silos.Length);
        }
    }

    private async Task WaitForChangeAsync(ClusterMembershipSnapshot seen, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (membership.CurrentSnapshot.Version == seen.Version && time.GetElapsedTime(started) < LookAgain)
        {
            await Task.Delay(Rest / 4, time, stop);
        }
    }

    [LoggerMessage(EventId = 1601, Level = LogLevel.Information, Message = "{Tenants} tenants move to their place among {Silos} silos")]
    private static partial void LogMoved(ILogger logger, int tenants, int silos);
}
