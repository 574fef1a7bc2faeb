using Cycles.Cluster.Tests.Servers;
using Cycles.Grains;
using Cycles.Grains.Ledger;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Scopes;
using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Cycles.Cluster.Tests;

/// <summary>What the lease of a lock rests on: a scope may reload at any moment, also while a transaction under its locks is on its way.</summary>
public sealed class ScopeReloadTests
{
    private const string TenantId = "reloading";
    private const int Rounds = 3;

    // Calls to one grain may overtake each other on their way; this long they do not.
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    // The lease is three times the timeout, and looked after every five seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    [Fact]
    public async Task A_scope_that_reloads_while_its_transaction_is_on_its_way_reads_what_became_of_it()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"ConnectionStrings:{SiloStore.ConnectionStringName}", redis.ConnectionString)])
            .Build();
        await using var store = await SiloStore.OpenAsync(configuration, new CyclesOptions());
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => silo.AddCyclesOn(store));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var ledger = cluster.Client.GetGrain<ILedgerGrain>(TenantId);
        var opened = await ledger.OpenScope(Scope);
        Assert.Equal(CommitOutcome.Durable, await SpendAsync(ledger, opened.Epoch, StoreWrite.SetField(
            new TenantKeys(TenantId).Budgets,
            TenantKeys.BudgetField(Scope, Unit.Tokens),
            GrainJson.Write(Budget, GrainJson.Default.BudgetRecord))));

        for (var round = 1; round <= Rounds; round++)
        {
            var epoch = (await ledger.OpenScope(Scope)).Epoch;
            redis.Pause();
            var accepted = SpendAsync(ledger, epoch);
            await Task.Delay(Arrival);
            var reloading = ledger.OpenScope(Scope).AsTask();
            await Task.Delay(Arrival);
            var late = SpendAsync(ledger, epoch);
            redis.Resume();

            Assert.Equal(CommitOutcome.Durable, await accepted);
            Assert.Equal(CommitOutcome.Conflict, await late);
            Assert.Equal(1 + round, Assert.Single((await reloading).Budgets).State.Spent);
        }
    }

    [Fact]
    public async Task A_lock_that_nobody_ends_keeps_others_out_for_its_lease_and_no_longer()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"ConnectionStrings:{SiloStore.ConnectionStringName}", redis.ConnectionString)])
            .Build();
        await using var store = await SiloStore.OpenAsync(configuration, new CyclesOptions());
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddCyclesOn(store);
            silo.Services.Configure<StoreOptions>(options => options.Timeout = Quick);
        });
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        var ledger = cluster.Client.GetGrain<ILedgerGrain>(TenantId);
        await SpendAsync(ledger, (await ledger.OpenScope(Scope)).Epoch, StoreWrite.SetField(
            new TenantKeys(TenantId).Budgets,
            TenantKeys.BudgetField(Scope, Unit.Tokens),
            GrainJson.Write(Budget, GrainJson.Default.BudgetRecord)));
        var scope = cluster.Client.GetGrain<IScopeGrain>(Scope.Value);

        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(1, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
        var second = scope.Lock(new LockRequest(2, Unit.Tokens, LockKind.Exclusive, default)).AsTask();

        await Assert.ThrowsAsync<StoreInDoubtException>(() => second.WaitAsync(Patience));
        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(3, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
    }

    private static BudgetRecord Budget => new()
    {
        LedgerId = "budget",
        TenantId = TenantId,
        Scope = Scope.Value,
        Unit = Unit.Tokens,
        Status = BudgetStatus.Active,
        OverdraftLimit = 0,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static Task<CommitOutcome> SpendAsync(ILedgerGrain ledger, long epoch, params StoreWrite[] writes) =>
        ledger.Commit(new LedgerTransaction
        {
            Stakes = [new ScopeStake(Scope, Unit.Tokens, epoch, new BudgetDelta(Spent: 1))],
            Writes = writes,
        }).AsTask();
}
