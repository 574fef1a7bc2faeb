using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Ledger;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>Transactions that share a message to the ledger are as independent as if each had one of its own.</summary>
public sealed class LedgerChannelTests
{
    private const string TenantId = "channelled";

    [Fact]
    public async Task Each_of_many_transactions_has_an_outcome_of_its_own()
    {
        await using var silo = await StartAsync();
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        var channel = new LedgerChannel(ledger);
        var keys = new TenantKeys(TenantId);
        var stale = new ScopeStake(ScopePath.FromCanonical($"tenant:{TenantId}"), Unit.Tokens, Epoch: 1, default);

        var outcomes = await Task.WhenAll(
            channel.CommitAsync(new LedgerTransaction { Writes = [StoreWrite.Set(keys.Event("first"), "1"u8.ToArray())] }),
            channel.CommitAsync(new LedgerTransaction { Stakes = [stale], Writes = [StoreWrite.Set(keys.Event("stale"), "1"u8.ToArray())] }),
            channel.CommitAsync(new LedgerTransaction { Writes = [StoreWrite.Set(keys.Event("last"), "1"u8.ToArray())] }));

        Assert.Equal([CommitOutcome.Durable, CommitOutcome.Conflict, CommitOutcome.Durable], outcomes);
        Assert.NotNull((await ledger.OpenEvent("first")).Record);
        Assert.Null((await ledger.OpenEvent("stale")).Record);
        Assert.NotNull((await ledger.OpenEvent("last")).Record);
    }

    [Fact]
    public async Task A_grain_that_is_about_to_end_makes_nothing_new_and_finishes_the_rest()
    {
        await using var silo = await StartAsync();
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        var channel = new LedgerChannel(ledger);
        var keys = new TenantKeys(TenantId);
        var making = channel.CommitAsync(new LedgerTransaction
        {
            Record = new RecordStake("rsv_channelled_new", 1L << 61, Opens: true),
            Writes = [StoreWrite.Set(keys.Event("new"), "1"u8.ToArray())],
        });
        var finishing = channel.CommitAsync(new LedgerTransaction { Writes = [StoreWrite.Set(keys.Event("other"), "1"u8.ToArray())] });

        // Between the decision and the message.
        channel.MayOpen = false;

        Assert.Equal(CommitOutcome.Conflict, await making);
        Assert.Equal(CommitOutcome.Durable, await finishing);
        Assert.Null((await ledger.OpenEvent("new")).Record);
    }

    private static async Task<RedisSilo> StartAsync()
    {
        var silo = await RedisSilo.StartAsync();
        Assert.Null((await silo.Grains.GetGrain<ITenantAdminGrain>(TenantId).Create(
            Origin.System("test"), new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        return silo;
    }
}
