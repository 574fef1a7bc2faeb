using System.Security.Cryptography;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Silo.Security;

/// <summary>
/// The secret by which the silos and gateways of a cluster know each other: 256 random bits in the store, which the first of them writes. A process
/// that can read the store could do anything with the ledger anyhow, so the secret gives nobody more than the store gives.
/// </summary>
public sealed class ClusterSecret
{
    private const int Length = 32;

    // A peer with another secret makes us look into the store; not more often than this.
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(1);

    private readonly Func<byte[], Task<byte[]>> _exchange;
    private readonly SemaphoreSlim _refreshing = new(1);
    private byte[]? _value;
    private long _refreshedAt;

    private ClusterSecret(Func<byte[], Task<byte[]>> exchange) => _exchange = exchange;

    /// <summary>The secret of a silo that is alone: no other process knows it.</summary>
    public static ClusterSecret OfOneProcess() => new(Task.FromResult);

    /// <summary>The secret in the store of a silo.</summary>
    public static ClusterSecret In(RedisStore store) => new(async candidate =>
    {
        await store.Commits.StringSetAsync(ClusterKeys.Secret, candidate, when: When.NotExists);
        return (byte[]?)await store.Database.StringGetAsync(ClusterKeys.Secret) ?? candidate;
    });

    /// <summary>The secret in the store that a connection string names, read over a connection of its own.</summary>
    public static ClusterSecret At(string connectionString) => new(async candidate =>
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(connectionString);
        var database = connection.GetDatabase();
        await database.StringSetAsync(ClusterKeys.Secret, candidate, when: When.NotExists, flags: CommandFlags.DemandMaster);
        return (byte[]?)await database.StringGetAsync(ClusterKeys.Secret, CommandFlags.DemandMaster) ?? candidate;
    });

    /// <summary>The secret, as it was when it was last read.</summary>
    public async ValueTask<byte[]> GetAsync() => Volatile.Read(ref _value) ?? await RefreshAsync();

    /// <summary>
    /// Reads it again, as a store that was emptied or exchanged has another one. One that has none gets what this process holds.
    /// </summary>
    public async Task<byte[]> RefreshAsync()
    {
        await _refreshing.WaitAsync();
        try
        {
            if (_value is null || TimeProvider.System.GetElapsedTime(_refreshedAt) >= RefreshEvery)
            {
                Volatile.Write(ref _value, await _exchange(_value ?? RandomNumberGenerator.GetBytes(Length)));
                _refreshedAt = TimeProvider.System.GetTimestamp();
            }

            return _value!;
        }
        finally
        {
            _refreshing.Release();
        }
    }
}
