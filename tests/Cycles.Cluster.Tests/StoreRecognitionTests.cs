using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>Which server may answer as the store, and when it counts as another store.</summary>
public sealed class StoreRecognitionTests
{
    private static readonly RedisKey Key = "cycles:{acme}:fence";
    private static readonly StoreOptions Options = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task While_the_primary_is_away_a_read_fails_and_no_replica_answers_it()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var copy = new TemporaryFolder();
        using var primary = await RedisProcess.StartAsync(data.Path);
        using var replica = await RedisProcess.StartAsync(copy.Path);
        await replica.FollowAsync(primary);
        var both = $"{primary.ConnectionString},{replica.ConnectionString}";
        await using var store = await ConnectAsync(both);
        await using var plain = await ConnectionMultiplexer.ConnectAsync(both);
        await store.Database.StringSetAsync(Key, "old");
        await HasAsync(replica, "old");
        await replica.AskAsync("REPLICAOF 127.0.0.1 1");
        await store.Database.StringSetAsync(Key, "new");
        Assert.Equal("new", await store.Database.StringGetAsync(Key));

        primary.Kill();

        // What the client does of itself: the replica, which has not heard of the last write.
        Assert.Equal("old", await AnsweredAsync(plain));
        // At once, as each waits for a primary until its timeout.
        await Task.WhenAll(
            FailsAsync(() => store.Database.StringGetAsync(Key)),
            FailsAsync(() => store.Database.HashGetAsync("cycles:{acme}:numbers", ["allocated"])),
            FailsAsync(() => store.Database.SortedSetRangeByRankWithScoresAsync("cycles:{acme}:due", 0, 0)),
            FailsAsync(store.TimeAsync),
            FailsAsync(store.Database.PingAsync));
    }

    [Fact]
    public async Task A_broken_connection_is_no_other_store()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await using var store = await ConnectAsync(redis.ConnectionString);
        await redis.AskAsync("CLIENT KILL TYPE normal SKIPME yes");
        await RecognizedAsync(store);
        await store.LookAsync();
        Assert.Equal(0, store.Incarnation);
        Assert.True(store.SaysWhoItIs);
    }

    [Fact]
    public async Task A_store_whose_replica_is_lost_and_comes_back_is_no_other()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var copy = new TemporaryFolder();
        using var primary = await RedisProcess.StartAsync(data.Path);
        using var replica = await RedisProcess.StartAsync(copy.Path);
        await replica.FollowAsync(primary);
        await using var store = await ConnectAsync(primary.ConnectionString);
        await primary.AskAsync("CLIENT KILL TYPE replica");
        await replica.FollowAsync(primary);
        await store.LookAsync();
        Assert.Equal(0, store.Incarnation);
    }

    [Fact]
    public async Task A_primary_that_is_demoted_is_no_store_and_promoted_again_another()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var copy = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        using var other = await RedisProcess.StartAsync(copy.Path);
        await using var store = await ConnectAsync(redis.ConnectionString);

        await redis.FollowAsync(other);
        await Assert.ThrowsAsync<TimeoutException>(store.LookAsync);
        Assert.False(store.IsStill(0));

        await redis.PromoteAsync();
        await RecognizedAsync(store);
        Assert.Equal(1, store.Incarnation);
        Assert.False(store.IsStill(0));
        Assert.True(store.IsStill(1));
    }

    [Fact]
    public async Task The_embedded_store_says_who_it_is_and_remains_that()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        var store = stores.Next().Redis;
        await store.LookAsync();
        Assert.Equal(0, store.Incarnation);
        Assert.True(store.SaysWhoItIs);
    }

    /// <summary>Nothing is answered; whether the client says that there is no primary, or that its time is up, depends on how busy the machine is.</summary>
    private static async Task FailsAsync(Func<Task> read)
    {
        var exception = await Record.ExceptionAsync(read);
        Assert.True(exception is RedisException or TimeoutException, $"{exception}");
    }

    private static Task<RedisStore> ConnectAsync(string connectionString) =>
        RedisStore.ConnectAsync(connectionString, Microsoft.Extensions.Options.Options.Create(Options));

    private static async Task RecognizedAsync(RedisStore store)
    {
        using var timeout = new CancellationTokenSource(Patience);
        do
        {
            await Task.Delay(100, timeout.Token);
            await RecognizeOnceAsync(store);
        }
        while (!store.IsRecognized);
    }

    private static async Task RecognizeOnceAsync(RedisStore store)
    {
        try
        {
            await store.RecognizeAsync();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Not yet.
        }
    }

    /// <summary>Until the replica has heard of a write: WAIT counts only the writes of the connection that asks.</summary>
    private static async Task HasAsync(RedisProcess replica, string value)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!(await replica.AskAsync($"GET {Key}")).Contains(value, StringComparison.Ordinal))
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>What a client answers that has found out that the primary is away.</summary>
    private static async Task<RedisValue> AnsweredAsync(ConnectionMultiplexer client)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await client.GetDatabase().StringGetAsync(Key);
            }
            catch (RedisException) when (!timeout.IsCancellationRequested)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }
}
