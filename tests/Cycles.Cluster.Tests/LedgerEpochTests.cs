using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Protocol.Identity;
using Cycles.Silo;
using Orleans.TestingHost;

namespace Cycles.Cluster.Tests;

/// <summary>Who may write a record: the one who opened it last, or brought it into being, and nobody once it is closed.</summary>
public sealed class LedgerEpochTests
{
    private const string TenantId = "epochs";
    private const long Mine = 1L << 61;

    [Fact]
    public Task A_new_record_is_opened_by_the_transaction_that_makes_it_whoever_has_looked_before() => OnLedgerAsync(async (ledger, id) =>
    {
        var looked = await ledger.OpenReservation(id);
        Assert.Equal(CommitOutcome.Durable, await CommitAsync(ledger, new RecordStake(id, Mine, Opens: true)));
        Assert.Equal(CommitOutcome.Conflict, await CommitAsync(ledger, new RecordStake(id, looked.Epoch)));
        Assert.Equal(CommitOutcome.Durable, await CommitAsync(ledger, new RecordStake(id, Mine)));
    });

    [Fact]
    public Task A_record_comes_into_being_once() => OnLedgerAsync(async (ledger, id) =>
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            caller => CommitAsync(ledger, new RecordStake(id, Mine + caller, Opens: true))));
        Assert.Single(outcomes, outcome => outcome == CommitOutcome.Durable);
        Assert.Equal(CommitOutcome.Conflict, await CommitAsync(ledger, new RecordStake(id, Mine, Opens: true)));
    });

    [Fact]
    public Task What_closes_its_record_is_the_last_under_its_epoch() => OnLedgerAsync(async (ledger, id) =>
    {
        Assert.Equal(CommitOutcome.Durable, await CommitAsync(ledger, new RecordStake(id, Mine, Opens: true, Closes: true)));
        Assert.Equal(CommitOutcome.Conflict, await CommitAsync(ledger, new RecordStake(id, Mine)));
        var opened = await ledger.OpenReservation(id);
        Assert.NotNull(opened.Record);
        Assert.Equal(CommitOutcome.Durable, await CommitAsync(ledger, new RecordStake(id, opened.Epoch)));
    });

    private static Task<CommitOutcome> CommitAsync(ILedgerGrain ledger, RecordStake stake) => ledger.Commit(new LedgerTransaction
    {
        Record = stake,
        Writes = [StoreWrite.Set(new TenantKeys(TenantId).Reservation(stake.Id), "{}"u8.ToArray())],
    }).AsTask();

    private static async Task OnLedgerAsync(Func<ILedgerGrain, string, Task> test)
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => silo.AddCyclesOn(stores.Next()));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        await test(cluster.Client.GetGrain<ILedgerGrain>(TenantId), ReservationId.Derive(TenantId, "first").Value);
    }
}
