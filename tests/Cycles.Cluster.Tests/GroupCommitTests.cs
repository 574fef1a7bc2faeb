using System.Net;
using System.Net.Sockets;
using System.Text;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Store;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>What the group commit makes of a store that refuses.</summary>
public sealed class GroupCommitTests
{
    private const int Tenants = 200;
    private const string Token = "token";
    private const int RoundsAhead = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_batch_that_is_refused_although_no_fence_has_moved_is_in_doubt_and_not_tried_for_ever()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        var options = Options.Create(new StoreOptions());
        await using var store = await RedisStore.ConnectAsync(redis.ConnectionString, options);
        var fences = Enumerable.Range(0, Tenants).Select(tenant => new TenantKeys($"tenant-{tenant}").Fence).ToArray();
        await Task.WhenAll(fences.Select(fence => store.Database.StringSetAsync(fence, Token)));
        using var groupCommit = new GroupCommit(store, options, NullLogger<GroupCommit>.Instance);

        // All in one batch. As each fence is written again and again with what it has, no transaction that watches it can go through.
        var commits = Enumerable.Range(0, Tenants).Select(tenant => CommitAsync(groupCommit, store, tenant)).ToArray();
        using var stop = new CancellationTokenSource();
        var hasBegun = new TaskCompletionSource();
        var rewriting = RewriteAsync(redis, fences, hasBegun, stop.Token);
        await hasBegun.Task.WaitAsync(Patience);
        await groupCommit.StartAsync(CancellationToken.None);
        try
        {
            var exceptions = await Task.WhenAll(commits.Select(commit => Record.ExceptionAsync(() => commit).AsTask())).WaitAsync(Patience);
            Assert.All(exceptions, exception => Assert.IsType<StoreInDoubtException>(exception));
        }
        finally
        {
            await stop.CancelAsync();
            await rewriting;
        }

        // Nothing was wrong with what asks next.
        Assert.True(await CommitAsync(groupCommit, store, tenant: 0).WaitAsync(Patience));
        await groupCommit.StopAsync(CancellationToken.None);
    }

    private static Task<bool> CommitAsync(GroupCommit groupCommit, RedisStore store, int tenant)
    {
        var keys = new TenantKeys($"tenant-{tenant}");
        return groupCommit.CommitAsync(
            keys.Fence, Token, store.Incarnation, keys, new LedgerTransaction { Writes = [StoreWrite.Set(keys.Tenant, "{}"u8.ToArray())] });
    }

    private static async Task RewriteAsync(RedisProcess redis, RedisKey[] fences, TaskCompletionSource hasBegun, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, redis.Port, CancellationToken.None);
        var stream = client.GetStream();
        var commands = Encoding.ASCII.GetBytes(string.Concat(fences.Select(fence => $"SET {fence} {Token}\r\n")));
        var answers = new byte[fences.Length * "+OK\r\n".Length];

        // Redis always has some thousand commands ahead, so that it rewrites while this process waits for its turn on a busy machine.
        var ahead = 0;
        while (!stop.IsCancellationRequested || ahead > 0)
        {
            for (; ahead < RoundsAhead && !stop.IsCancellationRequested; ahead++)
            {
                await stream.WriteAsync(commands, CancellationToken.None);
            }

            await stream.ReadExactlyAsync(answers, CancellationToken.None);
            ahead--;
            hasBegun.TrySetResult();
        }
    }
}
