using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>A record can be written by the caller that opened it last, or made it, and by none once it is closed.</summary>
public sealed class LedgerEpochTests
{
    private const string TenantId = "epochs";
    private const long Mine = 1L << 61;
    private const int Rounds = 50;
    private const int Trimmed = 500;

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
    public Task What_is_made_again_while_the_index_is_trimmed_stays_in_it() => OnLedgerAsync(async (ledger, _, store) =>
    {
        var keys = new TenantKeys(TenantId);
        await ledger.NextDueMs();
        for (var round = 0; round < Rounds; round++)
        {
            // Their records have gone, and their idempotency keys come again.
            var ids = Enumerable.Range(0, Trimmed).Select(i => ReservationId.Derive(TenantId, $"{round}-{i}").Value).ToArray();
            await store.Commits.SortedSetAddAsync(keys.Created, Array.ConvertAll(ids, id => new SortedSetEntry(id, 1)));
            var trimming = ledger.TrimIndex(beforeMs: 2, limit: Trimmed).AsTask();
            await Task.Delay(round % 10);
            var outcomes = await Task.WhenAll(ids.Select(id => ledger.Commit(new LedgerTransaction
            {
                Record = new RecordStake(id, Mine, Opens: true),
                Writes = [StoreWrite.Set(keys.Reservation(id), "{}"u8.ToArray()), StoreWrite.AddMember(keys.Created, id, 3)],
            }).AsTask()));
            await trimming;

            // One in a hundred is taken for one that may exist.
            var made = ids.Where((_, i) => outcomes[i] == CommitOutcome.Durable).ToArray();
            Assert.InRange(made.Length, Trimmed / 2, Trimmed);
            var scores = await Task.WhenAll(made.Select(id => store.Commits.SortedSetScoreAsync(keys.Created, id)));
            Assert.All(scores, score => Assert.Equal(3, score));
            await store.Commits.KeyDeleteAsync(keys.Created);
        }
    });

    [Fact]
    public Task What_has_gone_is_trimmed_from_the_index_and_nothing_else() => OnLedgerAsync(async (ledger, _, store) =>
    {
        var keys = new TenantKeys(TenantId);
        await store.Commits.SortedSetAddAsync(
            keys.Created, [.. Enumerable.Range(0, Trimmed).Select(i => new SortedSetEntry($"gone-{i}", i)), new("kept", 1), new("new", Trimmed)]);
        await store.Commits.StringSetAsync(keys.Reservation("kept"), "{}");
        Assert.Equal(Trimmed, await ledger.TrimIndex(Trimmed - 1, 2 * Trimmed));
        Assert.Equal(["kept", "new"], (await store.Commits.SortedSetRangeByRankAsync(keys.Created)).Select(id => (string)id!));
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
        Writes = [StoreWrite.Set(new TenantKeys(TenantId).Reservation(stake.Id), "{}"u8.ToArray())],
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
