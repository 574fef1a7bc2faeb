using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Microsoft.Extensions.Hosting;

namespace Cycles.Grains.Activations;

/// <summary>
/// Tells the scopes of this silo when another silo has died: a coordinator that died with it never ends its locks. As a rule the grains of a tenant are on
/// one silo and die together, but not while the tenant moves. Without this, other operations would wait until the lease of the lock is over.
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
                EndLocksAsync(stoppingToken).Ignore();
            }

            alive = now;
        }
    }

    private async Task EndLocksAsync(CancellationToken stop)
    {
        await Task.Delay(Grace, time, stop);

        // Now, and not when it died: who waited for a lock on its behalf may have got it since.
        var beforeMs = clock.NowMs;
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
