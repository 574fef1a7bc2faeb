using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Journal;
using Cycles.Grains.Runs;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Scopes;
using Orleans.Concurrency;

namespace Cycles.Grains.Peers;

/// <summary>
/// The only writer of one tenant's durable state (key: tenant id). It gives out epochs, checks them, orders transactions and hands them
/// to the group commit. While it lives, its fence makes every other writer of the tenant fail.
/// </summary>
[Alias("cycles.ledger"), ClientAccess(ClientAccess.None)]
internal interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>Everything that the tenant's grain holds, under a new epoch. Every older epoch of the tenant's grain ends.</summary>
    [Alias("open-tenant")]
    ValueTask<OpenedTenant> OpenTenant();

    /// <summary>The budgets of a scope, under a new epoch. Every older epoch of the scope ends.</summary>
    [Alias("open-scope")]
    ValueTask<OpenedScope> OpenScope(ScopePath scope);

    /// <summary>A reservation's stored slot, under a new epoch. Every older epoch of it ends.</summary>
    [Alias("open-reservation")]
    ValueTask<OpenedRecord> OpenReservation(string id);

    /// <summary>An event's stored record, under a new epoch.</summary>
    [Alias("open-event")]
    ValueTask<OpenedRecord> OpenEvent(string id);

    /// <summary>The stored answer to an operation, under a new epoch.</summary>
    [Alias("open-reply")]
    ValueTask<OpenedRecord> OpenReply(string operation, string id);

    /// <summary>Ends the epoch of a record: nobody works on it any more.</summary>
    [Alias("close-record"), OneWay]
    ValueTask CloseRecord(string id, long epoch);

    /// <summary>Ends the epochs of many records.</summary>
    [Alias("close-records"), OneWay]
    ValueTask CloseRecords([Immutable] RecordStake[] records);

    /// <summary>Writes a transaction, and answers when it is durable.</summary>
    /// <exception cref="StoreInDoubtException">Whether it was written is not known: reload.</exception>
    [Alias("commit")]
    ValueTask<CommitOutcome> Commit([Immutable] LedgerTransaction transaction);

    /// <summary>Whether the epoch of a scope still stands. The ledger first makes sure that it still holds its fence.</summary>
    /// <exception cref="StoreInDoubtException">It does not hold it any more.</exception>
    [Alias("is-current")]
    ValueTask<bool> IsCurrent(ScopePath scope, long epoch);

    /// <summary>Whether this ledger's term is that one (<c>LedgerMemory.Term</c>). It first makes sure that it still holds its fence.</summary>
    /// <exception cref="StoreInDoubtException">It does not hold it any more.</exception>
    [Alias("is-term")]
    ValueTask<bool> IsTerm(long term);

    /// <summary>Whether the operation of that id is done: a transaction that carried it is durable.</summary>
    [Alias("is-done")]
    ValueTask<bool> IsDone(string operationId);

    /// <summary>Whether the tenant is closed.</summary>
    [Alias("is-closed")]
    ValueTask<bool> IsTenantClosed();

    /// <summary>
    /// When the next reservation lapses, or the next period of a budget has ended, at the earliest, in Unix milliseconds;
    /// <see cref="long.MaxValue"/> when none can.
    /// </summary>
    [Alias("next-due")]
    ValueTask<long> NextDueMs();

    /// <summary>
    /// The reservations that have lapsed, and the budgets whose period has ended, by <paramref name="nowMs"/>: of each at most
    /// <paramref name="limit"/>, and when the next one does.
    /// </summary>
    [Alias("read-due")]
    ValueTask<DueWork> ReadDue(long nowMs, int limit);

    /// <summary>Reservations that are active, at most <paramref name="limit"/>, those first that lapse first. Once the tenant is closed there come no more.</summary>
    [Alias("read-active")]
    ValueTask<string[]> ReadActive(int limit);

    /// <summary>Whether the reminder of the tenant's expiry is not needed: nothing is held, and no period ends. What does arms it again.</summary>
    [Alias("try-disarm")]
    ValueTask<bool> TryDisarmExpiry();

    /// <summary>Whether the epoch of the tenant's grain still stands. The ledger first makes sure that it still holds its fence.</summary>
    /// <exception cref="StoreInDoubtException">It does not hold it any more.</exception>
    [Alias("is-tenant-current")]
    ValueTask<bool> IsTenantCurrent(long epoch);

    /// <summary>The runs of the history under a new epoch, and what has ended and is not in them, the oldest first.</summary>
    /// <param name="limit">The most of these.</param>
    [Alias("open-history")]
    ValueTask<OpenedHistory> OpenHistory(int limit);

    /// <summary>
    /// What has changed in the list of reservations since somebody read it, and the runs of its history. From the first call on the ledger remembers
    /// facts for the next, until nobody has asked for a while.
    /// </summary>
    /// <param name="after">How far the caller is; default for one that knows nothing.</param>
    [Alias("follow-reservations")]
    ValueTask<FollowedReservations> FollowReservations(FactPosition after);
}

/// <summary>What the store holds of a tenant.</summary>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Term">The ledger's term (<c>LedgerMemory.Term</c>).</param>
/// <param name="Tenant">The tenant's record; null when there is no such tenant.</param>
/// <param name="Budgets">The budgets' records.</param>
/// <param name="Policies">The policies.</param>
/// <param name="ApiKeys">The API keys' records.</param>
/// <param name="Close">How the tenant ends; null while it is not closed.</param>
[GenerateSerializer, Immutable, Alias("cycles.opened-tenant")]
internal sealed record OpenedTenant(
    [property: Id(0)] long Epoch,
    [property: Id(6)] long Term,
    [property: Id(1)] byte[]? Tenant,
    [property: Id(2)] byte[][] Budgets,
    [property: Id(3)] byte[][] Policies,
    [property: Id(4)] byte[][] ApiKeys,
    [property: Id(5)] byte[]? Close = null)
{
    /// <summary>The id under which transactions take part for the tenant's grain.</summary>
    public const string RecordId = "tenant";
}

/// <summary>A scope's budgets.</summary>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Term">The ledger's term (<c>LedgerMemory.Term</c>).</param>
/// <param name="Budgets">One for each unit that has one.</param>
[GenerateSerializer, Immutable, Alias("cycles.opened-scope")]
internal sealed record OpenedScope([property: Id(0)] long Epoch, [property: Id(2)] long Term, [property: Id(1)] Budget[] Budgets);

/// <summary>A stored record.</summary>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Term">The ledger's term (<c>LedgerMemory.Term</c>).</param>
/// <param name="Record">Its JSON; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("cycles.opened-record")]
internal sealed record OpenedRecord([property: Id(0)] long Epoch, [property: Id(2)] long Term, [property: Id(1)] byte[]? Record);

/// <summary>What has changed in the list of reservations.</summary>
/// <param name="Page">The facts since the caller read.</param>
/// <param name="History">The runs of the history, at the moment of the last fact.</param>
[GenerateSerializer, Immutable, Alias("cycles.followed-reservations")]
internal sealed record FollowedReservations([property: Id(0)] FactPage Page, [property: Id(1)] HistoryManifest History);

/// <summary>The history, for the one who adds to it.</summary>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Manifest">The runs.</param>
/// <param name="Ended">The ids of what has ended and is not in the runs, the oldest first.</param>
/// <param name="EndedAtMs">When each of them ended, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("cycles.opened-history")]
internal sealed record OpenedHistory(
    [property: Id(0)] long Epoch, [property: Id(1)] HistoryManifest Manifest, [property: Id(2)] string[] Ended, [property: Id(3)] long[] EndedAtMs)
{
    /// <summary>The id under which transactions take part that change the history.</summary>
    public const string RecordId = "history";
}

/// <summary>What is due.</summary>
/// <param name="Reservations">The ids of reservations that have lapsed.</param>
/// <param name="Budgets">The budgets whose period has ended.</param>
/// <param name="NextDueMs">When the next of either is due; <see cref="long.MaxValue"/> when there is none.</param>
[GenerateSerializer, Immutable, Alias("cycles.due-work")]
internal sealed record DueWork(
    [property: Id(0)] string[] Reservations, [property: Id(1)] BudgetKey[] Budgets, [property: Id(2)] long NextDueMs);
