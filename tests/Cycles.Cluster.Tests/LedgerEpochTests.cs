using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Store;
using Cycles.Grains.Peers;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Scopes;

namespace Cycles.Cluster.Tests;

/// <summary>A record can be written by the caller that opened it last, or made it, and by none once it is closed.</summary>
public sealed class LedgerEpochTests
{
    private const string TenantId = "epochs";
    private const long Mine = 1L << 61;

    [Fact]
    public Task A_new_record_is_opened_by_the_transaction_that_makes_it_also_when_others_have_opened_it_before() => OnLedgerAsync(async (ledger, id) =>
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

    [Fact]
    public Task What_was_made_again_since_the_history_was_opened_does_not_go_into_it() => OnLedgerAsync(async (ledger, id) =>
    {
        Assert.Equal(CommitOutcome.Durable, await CommitAsync(ledger, new RecordStake(id, Mine, Opens: true)));
        var first = await ledger.OpenHistory(1);

        // Its time is over, and its idempotency key makes it again.
        Assert.Equal(CommitOutcome.Durable, await CommitAsync(ledger, new RecordStake(id, Mine)));
        Assert.Equal(CommitOutcome.Conflict, await SealAsync(ledger, first.Epoch, id));

        var second = await ledger.OpenHistory(1);
        Assert.Equal(CommitOutcome.Conflict, await SealAsync(ledger, first.Epoch, id));
        Assert.Equal(CommitOutcome.Durable, await SealAsync(ledger, second.Epoch, id));

        // One change leads to the next, and none goes past another.
        var third = await ledger.OpenHistory(1);
        Assert.Equal(second.Manifest.Generation + 1, third.Manifest.Generation);
        Assert.Equal(CommitOutcome.Conflict, await SealAsync(ledger, third.Epoch, id));
    });

    [Fact]
    public Task A_ledger_whose_fence_is_anothers_says_of_no_epoch_that_it_stands() => OnLedgerAsync(async (ledger, _, store) =>
    {
        var scope = ScopePath.FromCanonical($"tenant:{TenantId}");
        var scopeEpoch = (await ledger.OpenScope(scope)).Epoch;
        var tenantEpoch = (await ledger.OpenTenant()).Epoch;
        Assert.True(await ledger.IsCurrent(scope, scopeEpoch));
        Assert.True(await ledger.IsTenantCurrent(tenantEpoch));

        // As another activation does, on a silo that does not know of this one.
        await store.Commits.StringSetAsync(new TenantKeys(TenantId).Fence, "another");

        await Assert.ThrowsAsync<StoreInDoubtException>(async () => await ledger.IsCurrent(scope, scopeEpoch));

        // It has ended; the next one holds the fence and knows that the epochs are not its own.
        await Until.TrueAsync(async () => !await ledger.IsTenantCurrent(tenantEpoch) && !await ledger.IsCurrent(scope, scopeEpoch));
    });

    private static Task<CommitOutcome> CommitAsync(ILedgerGrain ledger, RecordStake stake) => ledger.Commit(new LedgerTransaction
    {
        Record = stake,
        Writes =
        [
            StoreWrite.Set(new TenantKeys(TenantId).Reservation(stake.Id), "{}"u8.ToArray()),
            StoreWrite.AddMember(new TenantKeys(TenantId).Ended, stake.Id, 1),
        ],
    }).AsTask();

    private static Task<CommitOutcome> SealAsync(ILedgerGrain ledger, long epoch, string id) => ledger.Commit(new LedgerTransaction
    {
        Record = new RecordStake(OpenedHistory.RecordId, epoch),
        Writes = [StoreWrite.RemoveKey(new TenantKeys(TenantId).Reservation(id))],
        History = new HistoryChange(HistoryManifest.Empty with { Generation = 1 }, [id]),
    }).AsTask();

    private static Task OnLedgerAsync(Func<ILedgerGrain, string, Task> test) => OnLedgerAsync((ledger, id, _) => test(ledger, id));

    private static async Task OnLedgerAsync(Func<ILedgerGrain, string, RedisStore, Task> test)
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1);
        await test(cluster.Client.GetGrain<ILedgerGrain>(TenantId), ReservationId.Derive(TenantId, "first").Value, stores.Next().Redis);
    }
}
