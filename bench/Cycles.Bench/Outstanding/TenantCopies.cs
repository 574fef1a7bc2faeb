using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Contracts.Keys;
using Cycles.Grains.Boards;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Bench.Outstanding;

/// <summary>
/// Copies a tenant that the server has made, with its budgets, its API key and its audit log, under other names into a store that no server has open. Ids that
/// the server makes from random bits get others, and nobody has their fences: their ledgers ended in order, long ago.
/// </summary>
internal sealed partial class TenantCopies(BenchTenant model, int count)
{
    private const string AuditStream = "audit";

    private const int AtOnce = 64;

    // Of the 32 digits of an entry's id, the last ones are random.
    private const int RandomDigits = 20;

    private static readonly Encoding Text = Encoding.UTF8;

    /// <summary>The secret of every copy's key has this form, so nobody needs to remember them.</summary>
    public static BenchTenant TenantOf(int number) => new($"many-{number:000000}", $"cyc_live_many{number.ToString("000000", CultureInfo.InvariantCulture)}AAAAAAAAAAAAAAAAAAAAAA");

    public async Task<TimeSpan> RunAsync(RedisStore store)
    {
        var watch = Stopwatch.StartNew();
        var values = await ReadAsync(store.Commits);
        var members = await store.Commits.SortedSetScoreAsync(ClusterKeys.Tenants, model.Id);
        foreach (var part in Enumerable.Range(0, count).Select(TenantOf).Where(tenant => tenant.Id != model.Id).Chunk(AtOnce))
        {
            var writes = part.SelectMany(tenant => values.Select(value => WriteAsync(store.Commits, value, tenant)));
            var names = Array.ConvertAll(part, tenant => new SortedSetEntry(tenant.Id, members!.Value));
            await Task.WhenAll([.. writes, store.Commits.SortedSetAddAsync(ClusterKeys.Tenants, names)]);
        }

        await store.BarrierAsync();
        return watch.Elapsed;
    }

    private async Task<List<StoredValue>> ReadAsync(IDatabase database)
    {
        var keys = new TenantKeys(model.Id);
        var days = await database.SortedSetRangeByRankWithScoresAsync(keys.JournalDays(AuditStream));
        var numbers = BenchSubject.ScopePaths(model.Id, RowMatrix.UsualScopes).Select(scope => keys.Numbers(ScopePath.FromCanonical(scope), Unit.UsdMicrocents));
        var hashes = new[] { keys.Budgets, keys.ApiKeys }.Concat(numbers).Concat(days.Select(day => keys.Journal(AuditStream, day.Element!)));
        var values = new List<StoredValue> { new(keys.JournalDays(AuditStream), null, null, days), new(keys.Fence, LedgerLease.GivenBack, null, null) };
        foreach (var key in new[] { keys.Tenant, keys.JournalHead(AuditStream), ClusterKeys.ApiKeyOwner(ApiKeySecrets.Hash(model.KeySecret)) })
        {
            values.Add(new StoredValue(key, await database.StringGetAsync(key), null, null));
        }

        foreach (var key in hashes)
        {
            values.Add(new StoredValue(key, null, await database.HashGetAllAsync(key), null));
        }

        return values;
    }

    private Task WriteAsync(IDatabase database, StoredValue value, BenchTenant tenant)
    {
        RedisKey key = Renamed((string)value.Key!, tenant);
        return value switch
        {
            { Fields: { } fields } => database.HashSetAsync(key, Array.ConvertAll(fields, field => new HashEntry(Renamed(field.Name!, tenant), Renamed(field.Value!, tenant)))),
            { Members: { } members } => database.SortedSetAddAsync(key, members),
            _ => database.StringSetAsync(key, Renamed(value.Text!, tenant)),
        };
    }

    private string Renamed(string text, BenchTenant tenant)
    {
        var renamed = text.Replace(model.Id, tenant.Id, StringComparison.Ordinal)
            .Replace(ApiKeySecrets.Hash(model.KeySecret), ApiKeySecrets.Hash(tenant.KeySecret), StringComparison.Ordinal)
            .Replace(ApiKeySecrets.ToShown(model.KeySecret), ApiKeySecrets.ToShown(tenant.KeySecret), StringComparison.Ordinal);
        return LogId().Replace(renamed, found => found.Value[..^RandomDigits] + Digits(found.Value + tenant.Id));
    }

    private static string Digits(string seed) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Text.GetBytes(seed)))[..RandomDigits];

    [GeneratedRegex("log_[0-9a-f]{32}")]
    private static partial Regex LogId();

    /// <summary>A key with what it holds: one of the three.</summary>
    private sealed record StoredValue(RedisKey Key, string? Text, HashEntry[]? Fields, SortedSetEntry[]? Members);
}
