using Cycles.Contracts.Calls;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Events;
using Cycles.Contracts.Keys;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Scopes;
using Orleans.Concurrency;

namespace Cycles.Contracts.Tenants;

/// <summary>
/// One tenant (key: its id): status and settings, which scopes have budgets, policies, API keys. It admits what the tenant asks for, all
/// from memory. This is its runtime plane; the admin plane has <see cref="ITenantAdminGrain"/>.
/// </summary>
[Alias("cycles.tenant-grain"), ClientAccess(ClientAccess.Gateways)]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Admits a reserve or dry run and passes it on; refuses from memory what is certain to be refused.</summary>
    [Alias("reserve"), AnyRoute]
    ValueTask<ReserveReply> Reserve([Immutable] ReserveCommand command);

    /// <summary>Admits a decide and passes it on.</summary>
    [Alias("decide"), AnyRoute]
    ValueTask<DecideReply> Decide([Immutable] DecideCommand command);

    /// <summary>Admits an event and passes it on.</summary>
    [Alias("apply"), AnyRoute]
    ValueTask<EventReply> Apply([Immutable] EventCommand command);

    /// <summary>
    /// The budgets whose scopes have all <paramref name="segments"/>, lie <paramref name="within"/> and are under
    /// <paramref name="prefix"/> (<see cref="ScopePath.IsUnder"/>).
    /// </summary>
    [Alias("list-budgets"), AnyRoute]
    ValueTask<Budget[]> ListBudgets(string[] segments, string? prefix, Unit? unit, ScopeFilter? within = null);

    /// <summary>The key with that secret hash, whatever its state; null when there is none.</summary>
    [Alias("find-key"), AnyRoute]
    ValueTask<AuthenticatedKey?> FindKey(string secretHash);

    /// <summary>Notes that a key has opened something just now. It is no change: nothing reads the key again for it, and nobody waits.</summary>
    [Alias("note-key-use"), AnyRoute, OneWay]
    ValueTask NoteKeyUse(string keyId);
}
