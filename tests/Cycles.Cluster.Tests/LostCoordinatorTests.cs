using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Cycles.Cluster.Tests;

/// <summary>A lock on a scope of one silo whose coordinator died with another silo.</summary>
public sealed class LostCoordinatorTests
{
    private const int Tenants = 8;

    private static readonly Origin Origin = Origin.System("test");

    [Fact]
    public async Task A_lock_ends_when_a_silo_has_died_and_not_only_with_its_lease()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);

        // A lease is three times as long, and so longer than this test waits.
        await using var cluster = await stores.DeployAsync(silos: 2, silo => silo.Services.Configure<StoreOptions>(options => options.Timeout = TimeSpan.FromMinutes(1)));
        var survivor = cluster.Silos[0].SiloAddress.GetConsistentHashCode();
        var scope = await FindScopeAsync(cluster.Client, survivor);
        Assert.Equal(Refusal.None, (await LockAsync(scope, 1)).Refusal);

        // Nobody tells whose the lock is: the coordinator may have been there.
        await cluster.KillSiloAsync(cluster.Silos[1]);

        var lockId = 1L;
        await Until.TrueAsync(async () => (await LockAsync(scope, ++lockId)).Refusal == Refusal.None);
    }

    private static ValueTask<LockReply> LockAsync(IScopeGrain scope, long lockId) =>
        scope.Lock(new LockRequest(lockId, Unit.Tokens, LockKind.Exclusive, default));

    /// <summary>A scope with a budget that is on that silo.</summary>
    private static async Task<IScopeGrain> FindScopeAsync(IGrainFactory grains, int silo)
    {
        for (var i = 0; i < Tenants; i++)
        {
            var path = ScopePath.FromCanonical($"tenant:lost-{i}");
            var tenant = grains.GetGrain<ITenantAdminGrain>(path.TenantId);
            await tenant.Create(Origin, new TenantCreateRequest { TenantId = path.TenantId, Name = "Test" });
            await tenant.CreateBudget(
                Origin, path, new BudgetCreateRequest { Scope = path.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 10) });
            var scope = grains.GetGrain<IScopeGrain>(path.Value);
            var reply = await scope.Lock(new LockRequest(-1, Unit.Tokens, LockKind.Settle, default));
            await scope.Complete(-1, Unit.Tokens, LockOutcome.Abandoned);
            if (reply.Silo == silo)
            {
                return scope;
            }
        }

        throw new InvalidOperationException("all tenants are on the other silo");
    }
}
