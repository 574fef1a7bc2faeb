using Cycles.Grains.Placement;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Cycles.Grains.Waits;

/// <summary>
/// Tells the scopes of this silo when another silo has died: whoever held a lock from there never ends it. As a rule a tenant's grains are on one silo and
/// die together, but not while it moves. Without this, others would wait for a lock until its lease is over.
/// </summary>
internal sealed class LostCoordinators(IClusterMembershipService membership, TenantActivations activations, StoreClock clock, TimeProvider time) : BackgroundService
{
    // For the coordinators that live, whose locks are not told from the others': a batch takes milliseconds. Too short costs a reload.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var alive = new HashSet<SiloAddress>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            HashSet<SiloAddress> now = [.. snapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead).Select(member => member.SiloAddress)];
            if (!alive.IsSubsetOf(now))
            {
                EndLocksAsync(clock.NowMs, stoppingToken).Ignore();
            }

            alive = now;
        }
    }

    private async Task EndLocksAsync(long beforeMs, CancellationToken stop)
    {
        await Task.Delay(Grace, time, stop);
        foreach (var context in activations.All)
        {
            if (context.GrainInstance is ScopeGrain scope)
            {
                // The grain's state belongs to its own scheduler.
                context.Scheduler.QueueAction(() => scope.EndLocksBefore(beforeMs));
            }
        }
    }
}
