using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>The audit index has what the store has, from however far behind it comes.</summary>
public sealed class AuditIndexKeeperTests : IAsyncLifetime
{
    private const string Stream = "audit";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TemporaryFolder _data = new();
    private SharedStore _stores = null!;
    private RedisStore _store = null!;
    private AuditIndexKeeper _keeper = null!;

    public async ValueTask InitializeAsync()
    {
        _stores = await SharedStore.OpenAsync(_data.Path);
        _store = _stores.Next().Redis;
        _keeper = new AuditIndexKeeper(
            new AuditStoreReader(_store, NullLogger.Instance), () => Now, () => AuditRetention.At(Now, new StoreOptions()));
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Entries_of_a_thousand_tenants_with_few_each_are_read_at_once_and_in_order()
    {
        var tenants = Enumerable.Range(0, 1_000).Select(tenant => $"tenant-{tenant}").ToArray();
        await Task.WhenAll(tenants.Select(tenant => AppendAsync(tenant, 1, 20)));

        await _keeper.CatchUpAsync(tenants);

        Expect(20_000);
        Assert.All(tenants, tenant => Assert.Equal(20, _keeper.NumberOf(tenant)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1_000)]
    public async Task What_is_missing_is_read_and_nothing_else_is_found(int missing)
    {
        await AppendAsync("acme", 1, 10, daysAgo: 3);
        await AppendAsync("other", 1, 10);
        await _keeper.CatchUpAsync(["acme", "other"]);
        await AppendAsync("acme", 11, missing);

        var found = new List<AuditRow>();
        await _keeper.CatchUpAsync(["acme", "other"], found.Add);

        Expect(20 + missing);
        Assert.Equal(Enumerable.Range(11, missing).Select(number => (long)number), found.Select(row => row.Number).Order());
    }

    [Fact]
    public async Task Entries_that_cannot_be_read_are_left_out_and_are_not_missing_for_ever()
    {
        await AppendAsync("acme", 1, 2);
        await _store.Commits.HashSetAsync(DayOf("acme", 0), [new HashEntry(3, "no JSON"), new HashEntry("field", "{}")]);
        await _store.Commits.StringSetAsync(new TenantKeys("acme").JournalHead(Stream), 3);

        await _keeper.CatchUpAsync(["acme"]);

        Expect(2);
        Assert.Equal(3, _keeper.NumberOf("acme"));
    }

    [Fact]
    public async Task Entries_that_the_store_has_forgotten_go_and_those_of_other_tenants_stay()
    {
        await AppendAsync("acme", 1, 10);
        await AppendAsync("other", 1, 10);
        await _keeper.CatchUpAsync(["acme", "other"]);
        await ForgetAsync("acme", 8, 10);

        await _keeper.CatchUpAsync(["acme", "other"]);

        Expect(17);
        Assert.Equal(7, _keeper.NumberOf("acme"));
    }

    [Fact]
    public async Task A_number_that_a_store_which_has_forgotten_gives_again_brings_what_it_stands_for_now()
    {
        await AppendAsync("acme", 1, 10);
        await _keeper.CatchUpAsync(["acme"]);
        await ForgetAsync("acme", 8, 10);
        var again = await AppendAsync("acme", 8, 3);

        var behind = _keeper.Take([.. again.Select(row => new AuditEntryKept(row))]);
        await _keeper.CatchUpAsync(behind);

        Expect(10);
        Assert.All(again, row => Assert.True(_keeper.Index.Has(row)));
    }

    [Fact]
    public async Task What_is_told_in_order_is_taken_without_reading_and_what_is_told_after_a_gap_makes_the_tenant_be_read()
    {
        await AppendAsync("acme", 1, 2);
        await _keeper.CatchUpAsync(["acme"]);
        var rows = await AppendAsync("acme", 3, 4);

        Assert.Empty(_keeper.Take([new AuditEntryKept(rows[0]), new AuditEntryKept(rows[1])]));
        Assert.Equal(["acme"], _keeper.Take([new AuditEntryKept(rows[3])]));
        Expect(4);
        await _keeper.CatchUpAsync(["acme"]);

        Expect(6);
    }

    private void Expect(int entries)
    {
        Assert.Equal(entries, _keeper.Index.Count);
        var keys = Enumerable.Range(0, entries).Select(_keeper.Index.KeyOf).ToArray();
        Assert.Equal(keys.Order(), keys);
    }

    private async Task<AuditRow[]> AppendAsync(string tenantId, int first, int count, int daysAgo = 0)
    {
        var rows = new AuditRow[count];
        var fields = new HashEntry[count];
        for (var i = 0; i < count; i++)
        {
            var fact = new AuditFact(AuditEntries.Succeeded(
                Origin.System("test"), tenantId, AuditResources.Tenant, tenantId, Now.AddDays(-daysAgo).AddMilliseconds(i)));
            rows[i] = fact.Row with { Number = first + i };
            fields[i] = new HashEntry(first + i, fact.Value);
        }

        var keys = new TenantKeys(tenantId);
        var day = JournalDays.NumberOf(Now) - daysAgo;
        await Task.WhenAll(
            _store.Commits.HashSetAsync(DayOf(tenantId, daysAgo), fields),
            _store.Commits.SortedSetAddAsync(keys.JournalDays(Stream), JournalDays.ToText(day), day),
            _store.Commits.StringSetAsync(keys.JournalHead(Stream), first + count - 1));
        return rows;
    }

    private async Task ForgetAsync(string tenantId, int first, int last)
    {
        await _store.Commits.HashDeleteAsync(DayOf(tenantId, 0), [.. Enumerable.Range(first, last - first + 1).Select(number => (RedisValue)number)]);
        await _store.Commits.StringSetAsync(new TenantKeys(tenantId).JournalHead(Stream), first - 1);
    }

    private static RedisKey DayOf(string tenantId, int daysAgo) =>
        new TenantKeys(tenantId).Journal(Stream, JournalDays.ToText(JournalDays.NumberOf(Now) - daysAgo));
}
