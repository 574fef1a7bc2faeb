using Cycles.Contracts.Store;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>
/// Writes runs. Their keys are written first, and count for nothing until one transaction of the ledger names the run. Until shortly before that they have a
/// short life, so what a crash leaves behind goes by itself.
/// </summary>
internal sealed class HistoryWriter(RedisStore store, StoreClock clock, ILedgerGrain ledger, TenantKeys tenant)
{
    private const int AtOnce = 64;
    private const int RetiredAtOnce = 2;

    private static readonly TimeSpan Unnamed = TimeSpan.FromMinutes(30);

    // A page of a list that still reads such a run has asked which runs there are before the merge. No page takes as long.
    private static readonly TimeSpan Retired = TimeSpan.FromMinutes(2);

    // A record's time is over at its own moment; its keys stay a little longer.
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(10);

    /// <summary>Writes values that a run consists of, and then the change of the history that makes them count.</summary>
    /// <param name="values">The values.</param>
    /// <param name="keptUntilMs">Until when they are kept, in Unix milliseconds.</param>
    /// <param name="opened">The history.</param>
    /// <param name="change">What it is to become.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Whether the change was written; if not, the values are gone.</returns>
    public async Task<bool> WriteAsync(
        IReadOnlyCollection<KeyValuePair<RedisKey, byte[]>> values, long keptUntilMs, OpenedHistory opened, NextHistory change, CancellationToken stop)
    {
        await ForEachAsync(values, value => store.Database.StringSetAsync(value.Key, value.Value, Unnamed), stop);
        var life = TimeSpan.FromMilliseconds(Math.Max(keptUntilMs - clock.NowMs, 0)) + Spare;
        var keys = values.Select(value => value.Key).ToArray();

        // By the connection of the group commit: what that one's store does not have would be missing once the run counts.
        if (!await ForEachAsync(keys, key => store.Commits.KeyExpireAsync(key, life, flags: PrimaryDatabase.Flags), stop))
        {
            throw new StoreInDoubtException("what was written for the history is not there");
        }

        try
        {
            if (await ChangeAsync(opened, change))
            {
                return true;
            }
        }
        catch (StoreUnavailableException)
        {
            // Nothing was written; and the store may be one that cannot take this either.
            await ForgetAsync(keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            throw;
        }

        await ForgetAsync(keys);
        return false;
    }

    /// <summary>
    /// Lets the keys of runs go that the history does not consist of any more: by the ledger's transaction, as a store that has forgotten its last writes may have
    /// forgotten that.
    /// </summary>
    public Task<bool> RetireAsync(OpenedHistory opened)
    {
        // Some at once, as others wait for the same batch.
        var keys = opened.Manifest.Retired.Take(RetiredAtOnce).SelectMany(run => new RunKeys(tenant, run).All());
        return ChangeAsync(opened, new NextHistory(opened.Manifest with { Retired = [.. opened.Manifest.Retired.Skip(RetiredAtOnce)] })
        {
            Writes = keys.Select(key => StoreWrite.ExpireKey(key, Retired)),
        });
    }

    /// <summary>Changes the history by a transaction of the ledger. False when it rests on what has changed meanwhile.</summary>
    public async Task<bool> ChangeAsync(OpenedHistory opened, NextHistory change)
    {
        var next = change.Manifest with { Generation = opened.Manifest.Generation + 1 };
        var outcome = await ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(OpenedHistory.RecordId, opened.Epoch),
            Writes = [StoreWrite.Set(tenant.History, GrainJson.Write(next, GrainJson.Default.HistoryManifest)), .. change.Writes],
            AllowedWhenClosed = true,
            History = new HistoryChange(next, change.Sealed),
        });
        return outcome == CommitOutcome.Durable;
    }

    private Task ForgetAsync(RedisKey[] keys) => ForEachAsync(keys, key => store.Database.KeyExpireAsync(key, Unnamed), CancellationToken.None);

    private static async Task<bool> ForEachAsync<T>(IReadOnlyCollection<T> all, Func<T, Task<bool>> act, CancellationToken stop)
    {
        var isDone = true;
        foreach (var some in all.Chunk(AtOnce))
        {
            stop.ThrowIfCancellationRequested();
            isDone &= !(await Task.WhenAll(some.Select(act))).Contains(false);
        }

        return isDone;
    }
}

/// <summary>What the history is to become.</summary>
/// <param name="Manifest">Its runs; their generation is given when it is written.</param>
internal sealed record NextHistory(HistoryManifest Manifest)
{
    /// <summary>The ids of the reservations that come into it.</summary>
    public string[] Sealed { get; init; } = [];

    /// <summary>What else is written with it.</summary>
    public IEnumerable<StoreWrite> Writes { get; init; } = [];
}
