using Cycles.Grains.Scopes;
using Cycles.Protocol.Scopes;
using Orleans.Concurrency;

namespace Cycles.Grains.Ledger;

/// <summary>
/// The only writer of one tenant's durable state (key: tenant id). It gives out epochs, checks them, orders transactions and hands them
/// to the group commit. While it lives, its fence makes every other writer of the tenant fail.
/// </summary>
[Alias("cycles.ledger")]
public interface ILedgerGrain : IGrainWithStringKey
{
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

    /// <summary>Writes a transaction, and answers when it is durable.</summary>
    /// <exception cref="Store.StoreInDoubtException">Whether it was written is not known: reload.</exception>
    [Alias("commit")]
    ValueTask<CommitOutcome> Commit([Immutable] LedgerTransaction transaction);

    /// <summary>Whether no reservation of that id can exist, told from memory; false means that it may.</summary>
    [Alias("is-new")]
    ValueTask<bool> IsNewReservation(string id);

    /// <summary>Whether the epoch of a scope still stands.</summary>
    [Alias("is-current")]
    ValueTask<bool> IsCurrent(ScopePath scope, long epoch);

    /// <summary>Whether the tenant is closed.</summary>
    [Alias("is-closed")]
    ValueTask<bool> IsTenantClosed();

    /// <summary>When the next reservation lapses at the earliest, in Unix milliseconds; <see cref="long.MaxValue"/> when none can.</summary>
    [Alias("next-due")]
    ValueTask<long> NextDueMs();

    /// <summary>The reservations that have lapsed by <paramref name="nowMs"/>, at most <paramref name="limit"/>, and when the next one does.</summary>
    [Alias("read-due")]
    ValueTask<DueReservations> ReadDue(long nowMs, int limit);

    /// <summary>The number of the last change to the list of reservations; with it a reader knows whether it has seen all.</summary>
    [Alias("row-sequence")]
    ValueTask<long> FollowRows();
}

/// <summary>A scope's budgets.</summary>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Budgets">One for each unit that has one.</param>
[GenerateSerializer, Immutable, Alias("cycles.opened-scope")]
public sealed record OpenedScope([property: Id(0)] long Epoch, [property: Id(1)] Budget[] Budgets);

/// <summary>A stored record.</summary>
/// <param name="Epoch">The epoch to commit under.</param>
/// <param name="Record">Its JSON; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("cycles.opened-record")]
public sealed record OpenedRecord([property: Id(0)] long Epoch, [property: Id(1)] byte[]? Record);

/// <summary>Reservations that have lapsed.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="NextDueMs">When the next one does; <see cref="long.MaxValue"/> when there is none.</param>
[GenerateSerializer, Immutable, Alias("cycles.due-reservations")]
public sealed record DueReservations([property: Id(0)] string[] Ids, [property: Id(1)] long NextDueMs);
