using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>A sorted set that changes while it is read.</summary>
public sealed class SortedSetPagesTests
{
    private const int Page = 4_096;
    private const int Count = 5 * Page;
    private static readonly RedisKey Key = "pages";

    [Fact]
    public Task What_stays_is_seen_although_much_before_it_goes() => OnStoreAsync(async store =>
    {
        var seen = new HashSet<string>();
        var pages = 0;
        await foreach (var page in SortedSetPages.ReadAsync(store, Key, Page))
        {
            seen.UnionWith(page);

            // More than two pages have in common, and all of them at places that were read.
            await store.Commits.SortedSetRemoveRangeByRankAsync(Key, 0, (Page / 2) - 1);
            pages++;
        }

        Assert.True(pages >= 5);
        Assert.Equal(Names(0, Count), seen.Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task What_stays_is_seen_although_much_comes_before_it() => OnStoreAsync(async store =>
    {
        var seen = new List<string>();
        var come = Count;
        await foreach (var page in SortedSetPages.ReadAsync(store, Key, Page))
        {
            seen.AddRange(page);
            await AddAsync(store, come, Page / 2, score: -1);
            come += Page / 2;
        }

        Assert.Equal(Names(0, Count), seen);
    });

    private static async Task OnStoreAsync(Func<RedisStore, Task> test)
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        var store = stores.Next().Redis;

        // Of all members the score is the same: their order is that of their names.
        await AddAsync(store, 0, Count, score: 0);
        await test(store);
    }

    private static Task AddAsync(RedisStore store, int from, int count, double score) =>
        store.Commits.SortedSetAddAsync(Key, [.. Names(from, count).Select(name => new SortedSetEntry(name, score))]);

    private static IEnumerable<string> Names(int from, int count) => Enumerable.Range(from, count).Select(number => $"member-{number:0000000}");
}
