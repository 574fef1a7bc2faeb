using System.Text;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>CASCADE SEMANTICS, mode B (a): what reaches the ledger after the flip to CLOSED is not written, also while the flip is on its way.</summary>
public sealed class FlipTests
{
    private const string TenantId = "flipping";
    private const int Changes = 64;

    // Calls to one grain may overtake each other on their way; this long they do not.
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_change_that_overtakes_the_answer_to_the_flip_is_refused()
    {
        await using var silo = await RedisSilo.StartAsync();
        var created = await silo.Grains.GetGrain<ITenantAdminGrain>(TenantId).Create(
            Origin.System("test"), new TenantCreateRequest { TenantId = TenantId, Name = "Test" });
        Assert.Null(created.Problem);
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        var opened = await ledger.OpenTenant();
        var closed = Encoding.UTF8.GetString(opened.Tenant!).Replace("ACTIVE", "CLOSED", StringComparison.Ordinal);

        silo.Redis.Pause();
        var flip = ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(OpenedTenant.RecordId, opened.Epoch),
            Writes = [StoreWrite.Set(new TenantKeys(TenantId).Tenant, Encoding.UTF8.GetBytes(closed))],
            AllowedWhenClosed = true,
        }).AsTask();
        await Task.Delay(Arrival);
        var changes = Enumerable.Range(0, Changes).Select(_ => ledger.Commit(new LedgerTransaction()).AsTask()).ToArray();
        await Task.Delay(Arrival);
        silo.Redis.Resume();

        Assert.Equal(CommitOutcome.Durable, await flip);
        Assert.All(await Task.WhenAll(changes), outcome => Assert.Equal(CommitOutcome.TenantClosed, outcome));
    }
}
