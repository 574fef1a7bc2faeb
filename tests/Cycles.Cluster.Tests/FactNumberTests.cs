using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Journal;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Cycles.Cluster.Tests;

/// <summary>The facts that the store keeps are numbered without a gap, whatever the store refuses.</summary>
public sealed class FactNumberTests : IAsyncLifetime
{
    private const string Token = "token";
    private const string Stream = "audit";
    private const int AtOnce = 500;

    private static readonly TenantKeys Keys = new("acme");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _data = new();
    private RedisProcess _redis = null!;
    private RedisStore _store = null!;
    private GroupCommit _groupCommit = null!;

    public async ValueTask InitializeAsync()
    {
        RedisProcess.SkipUnlessInstalled();
        _redis = await RedisProcess.StartAsync(_data.Path);
        var options = Options.Create(new StoreOptions());
        _store = await RedisStore.ConnectAsync(_redis.ConnectionString, options);
        await _store.Database.StringSetAsync(Keys.Fence, Token);
        _groupCommit = new GroupCommit(_store, options, NullLogger<GroupCommit>.Instance);
        await _groupCommit.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_groupCommit is not null)
        {
            await _groupCommit.StopAsync(CancellationToken.None);
            _groupCommit.Dispose();
            await _store.DisposeAsync();
            _redis.Dispose();
        }

        _data.Dispose();
    }

    [Fact]
    public async Task Five_hundred_facts_at_once_have_the_numbers_from_1_to_500()
    {
        var journal = await LoadAsync();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => CommitAsync(journal, facts: 1)));

        await ExpectNumbersAsync(AtOnce);
    }

    [Fact]
    public async Task The_next_ledger_goes_on_behind_the_last_number()
    {
        Assert.True(await CommitAsync(await LoadAsync(), facts: 3));
        Assert.True(await CommitAsync(await LoadAsync(), facts: 2));

        await ExpectNumbersAsync(5);
    }

    [Fact]
    public async Task A_batch_that_the_store_refuses_leaves_no_gap()
    {
        var journal = await LoadAsync();
        Assert.True(await CommitAsync(journal, facts: 1));
        await _store.Commits.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(journal, facts: 3));
        await _store.Commits.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");

        // The group commit looks at the store after it has told its callers: it may find it broken once more.
        await Until.TrueAsync(async () =>
        {
            await _store.TryRecoverAsync();
            return await Record.ExceptionAsync(async () => Assert.True(await CommitAsync(journal, facts: 2))) is not StoreUnavailableException;
        });
        await ExpectNumbersAsync(3);
    }

    [Fact]
    public async Task A_fact_behind_one_whose_outcome_is_not_known_is_not_written()
    {
        var journal = await LoadAsync();
        Assert.True(await CommitAsync(journal, facts: 1));

        // The number 2 may have been taken by what is in doubt: to write another fact under it would lose that one.
        journal.Keep([FactOf()])!.Heads.Doubt();
        Assert.False(await CommitAsync(journal, facts: 1));
        Assert.True(await CommitAsync(journal, facts: 0));

        Assert.True(await CommitAsync(await LoadAsync(), facts: 1));
        await ExpectNumbersAsync(2);
    }

    [Fact]
    public async Task Readers_are_told_the_numbers_that_the_store_has()
    {
        var silo = new SiloFacts(TimeProvider.System);
        var journal = new TenantJournal("acme", silo, TimeProvider.System);
        await journal.LoadAsync(_store);
        var position = silo.Of(FactKind.Audit).Read(default).Now;
        Fact[] facts = [FactOf(), new TenantChanged(FactKind.Tenants, "acme"), FactOf()];
        var kept = journal.Keep(facts);
        Assert.True(await CommitAsync(new LedgerTransaction { Facts = facts }, kept));
        journal.Tell(facts, kept);

        var told = silo.Of(FactKind.Audit).Read(position).Facts.Cast<AuditEntryKept>().Select(fact => (fact.Row.Number, fact.Row.LogId));
        Assert.Equal([(1, ((AuditFact)facts[0]).Row.LogId), (2, ((AuditFact)facts[2]).Row.LogId)], told);
    }

    private async Task<TenantJournal> LoadAsync()
    {
        var journal = new TenantJournal("acme", new SiloFacts(TimeProvider.System), TimeProvider.System);
        await journal.LoadAsync(_store);
        return journal;
    }

    private Task<bool> CommitAsync(TenantJournal journal, int facts)
    {
        var transaction = new LedgerTransaction { Facts = [.. Enumerable.Range(0, facts).Select(_ => FactOf())] };
        return CommitAsync(transaction, journal.Keep(transaction.Facts));
    }

    private Task<bool> CommitAsync(LedgerTransaction transaction, NumberedFacts? kept) =>
        _groupCommit.CommitAsync(Keys.Fence, Token, _store.Incarnation, Keys, transaction, kept).WaitAsync(Patience);

    private async Task ExpectNumbersAsync(int head)
    {
        Assert.Equal(head, (long)await _store.Database.StringGetAsync(Keys.JournalHead(Stream)));
        var numbers = new List<long>();
        foreach (var day in await _store.Database.SortedSetRangeByRankAsync(Keys.JournalDays(Stream)))
        {
            await foreach (var field in _store.Database.HashScanAsync(Keys.Journal(Stream, day!), pageSize: 1000))
            {
                numbers.Add((long)field.Name);
            }
        }

        Assert.Equal(Enumerable.Range(1, head).Select(number => (long)number), numbers.Order());
    }

    private static AuditFact FactOf() =>
        new(AuditEntries.Succeeded(Origin.System("test"), "acme", Cycles.Protocol.Audit.AuditResources.Tenant, "acme", DateTimeOffset.UtcNow));
}
