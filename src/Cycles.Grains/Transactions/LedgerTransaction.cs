using Cycles.Grains.Budgets;
using Cycles.Grains.Journal;
using Cycles.Grains.Runs;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Grains.Transactions;

/// <summary>Everything that one operation changes, as one unit: in the store all of it is there, or none.</summary>
[GenerateSerializer, Immutable, Alias("cycles.ledger-transaction")]
internal sealed record LedgerTransaction
{
    /// <summary>The change of each budget that takes part, with the epoch under which its scope was locked.</summary>
    [Id(0)]
    public ScopeStake[] Stakes { get; init; } = [];

    /// <summary>The record that the operation belongs to and the epoch under which it was opened; null when it has none.</summary>
    [Id(1)]
    public RecordStake? Record { get; init; }

    /// <summary>The keys to write.</summary>
    [Id(2)]
    public StoreWrite[] Writes { get; init; } = [];

    /// <summary>When a reservation that this makes or extends lapses, or a period that this begins has ended, in Unix milliseconds.</summary>
    [Id(3)]
    public long? DueAtMs { get; init; }

    /// <summary>Whether it goes through although the tenant is closed: expiry, and the tenant's own changes.</summary>
    [Id(4)]
    public bool AllowedWhenClosed { get; init; }

    /// <summary>What it tells those who read.</summary>
    [Id(5)]
    public Fact[] Facts { get; init; } = [];

    /// <summary>The tenant's epoch under which the operation was admitted; an older one conflicts. Null when no admission is behind it.</summary>
    [Id(6)]
    public long? AdmissionEpoch { get; init; }

    /// <summary>Whether the tenant is closed behind it; null when it leaves that as it is.</summary>
    [Id(7)]
    public bool? ClosesTenant { get; init; }

    /// <summary>What it takes of the tenant's quota.</summary>
    [Id(8)]
    public QuotaUse QuotaUse { get; init; }

    /// <summary>What it changes in the history; such a transaction belongs to the record <c>OpenedHistory.RecordId</c>.</summary>
    [Id(9)]
    public HistoryChange? History { get; init; }
}

/// <summary>A change of the history.</summary>
/// <param name="Manifest">Its runs after it.</param>
/// <param name="Sealed">The ids of what comes into it.</param>
[GenerateSerializer, Immutable, Alias("cycles.history-change")]
internal sealed record HistoryChange([property: Id(0)] HistoryManifest Manifest, [property: Id(1)] string[] Sealed);

/// <summary>A budget's part in a transaction.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Epoch">The epoch of the scope's activation; an older one conflicts.</param>
/// <param name="Delta">The change.</param>
[GenerateSerializer, Immutable, Alias("cycles.scope-stake")]
internal readonly record struct ScopeStake(
    [property: Id(0)] ScopePath Scope,
    [property: Id(1)] Unit Unit,
    [property: Id(2)] long Epoch,
    [property: Id(3)] BudgetDelta Delta);

/// <summary>A record's part in a transaction.</summary>
/// <param name="Id">The id.</param>
/// <param name="Epoch">The epoch under which it was opened; an older one conflicts.</param>
/// <param name="Opens">Whether it was not opened before, but is certain to be new: it conflicts when the id may exist.</param>
/// <param name="Closes">Whether nobody works on it any more once this is durable.</param>
[GenerateSerializer, Immutable, Alias("cycles.record-stake")]
internal readonly record struct RecordStake(
    [property: Id(0)] string Id, [property: Id(1)] long Epoch, [property: Id(2)] bool Opens = false, [property: Id(3)] bool Closes = false);

/// <summary>The kinds of <see cref="StoreWrite"/>.</summary>
internal enum StoreWriteKind
{
    /// <summary>Sets a string, with a time to live if one is given.</summary>
    Set,

    /// <summary>Sets a field of a hash.</summary>
    SetField,

    /// <summary>Adds a member to a sorted set.</summary>
    AddMember,

    /// <summary>Removes a member from a sorted set.</summary>
    RemoveMember,

    /// <summary>Removes a key.</summary>
    RemoveKey,

    /// <summary>Gives a key a time to live.</summary>
    ExpireKey,
}

/// <summary>One write to one key.</summary>
[GenerateSerializer, Immutable, Alias("cycles.store-write")]
internal readonly record struct StoreWrite
{
    private StoreWrite(StoreWriteKind kind, string key, string field, byte[] value, long number) =>
        (Kind, Key, Field, Value, Number) = (kind, key, field, value, number);

    /// <summary>What to do.</summary>
    [Id(0)]
    public StoreWriteKind Kind { get; }

    /// <summary>The key.</summary>
    [Id(1)]
    public string Key { get; }

    /// <summary>The field or member.</summary>
    [Id(2)]
    public string Field { get; }

    /// <summary>The value.</summary>
    [Id(3)]
    public byte[] Value { get; }

    /// <summary>A time to live in milliseconds (0 for none), or a score.</summary>
    [Id(4)]
    public long Number { get; }

    /// <summary>Sets a string.</summary>
    public static StoreWrite Set(RedisKey key, byte[] value, TimeSpan? timeToLive = null) =>
        new(StoreWriteKind.Set, key!, string.Empty, value, (long)(timeToLive?.TotalMilliseconds ?? 0));

    /// <summary>Sets a field of a hash; with a time to live the whole hash begins to live that long anew.</summary>
    public static StoreWrite SetField(RedisKey key, string field, byte[] value, TimeSpan? timeToLive = null) =>
        new(StoreWriteKind.SetField, key!, field, value, (long)(timeToLive?.TotalMilliseconds ?? 0));

    /// <summary>Adds a member to a sorted set, or moves it.</summary>
    public static StoreWrite AddMember(RedisKey key, string member, long score) => new(StoreWriteKind.AddMember, key!, member, [], score);

    /// <summary>Removes a member from a sorted set.</summary>
    public static StoreWrite RemoveMember(RedisKey key, string member) => new(StoreWriteKind.RemoveMember, key!, member, [], 0);

    /// <summary>Removes a key.</summary>
    public static StoreWrite RemoveKey(RedisKey key) => new(StoreWriteKind.RemoveKey, key!, string.Empty, [], 0);

    /// <summary>Gives a key a time to live.</summary>
    public static StoreWrite ExpireKey(RedisKey key, TimeSpan timeToLive) =>
        new(StoreWriteKind.ExpireKey, key!, string.Empty, [], (long)timeToLive.TotalMilliseconds);
}
