using Cycles.Grains.Audit;
using Cycles.Grains.Bulk;
using Cycles.Grains.Closing;
using Cycles.Grains.Decisions;
using Cycles.Grains.Events;
using Cycles.Grains.Keys;
using Cycles.Grains.Limits;
using Cycles.Grains.Placement;
using Cycles.Grains.Reservations;
using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using Orleans.Concurrency;

namespace Cycles.Grains.Tenants;

/// <summary>
/// One tenant (key: its id): status and settings, which scopes have budgets, policies, API keys. It admits what the tenant asks for, all
/// from memory.
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

    /// <summary>Counts a reserve that turned out to be no replay; LIMIT_EXCEEDED when there is no room for it.</summary>
    [Alias("admit-reservation"), AnyRoute]
    ValueTask<Problem?> AdmitReservation(string id, [Immutable] RateLimit limit);

    /// <summary>Counts a commit under the policy that governs these scopes now; LIMIT_EXCEEDED when there is no room for it.</summary>
    [Alias("admit-commit"), AnyRoute]
    ValueTask<Problem?> AdmitCommit([Immutable] ScopePath[] scopes);

    /// <summary>Makes the tenant. The same id and name again answers what there is.</summary>
    [Alias("create"), AnyRoute]
    ValueTask<TenantReply> Create(Origin origin, [Immutable] TenantCreateRequest request);

    /// <summary>The tenant; null when there is none.</summary>
    [Alias("get"), AnyRoute]
    ValueTask<Tenant?> Get();

    /// <summary>
    /// Changes what is given. ACTIVE ⇄ SUSPENDED → CLOSED. Closing answers when the tenant is CLOSED, and waits a little for what it owns to end.
    /// </summary>
    [Alias("update"), AnyRoute]
    ValueTask<TenantReply> Update(Origin origin, [Immutable] TenantUpdateRequest request);

    /// <summary>A row of a bulk action, once for each <paramref name="bulkId"/>. Closing does not wait for what the tenant owns.</summary>
    [Alias("apply-bulk"), AnyRoute]
    ValueTask<BulkRow> ApplyBulk(Origin origin, TenantBulkAction action, string bulkId);

    /// <summary>How the tenant ends; null while it is not closed.</summary>
    [Alias("get-close"), AnyRoute]
    ValueTask<TenantClose?> GetClose();

    /// <summary>Revokes the keys of the closed tenant. Answers how many were still active.</summary>
    [Alias("revoke-keys"), AnyRoute]
    ValueTask<int> RevokeKeys([Immutable] TenantClose close);

    /// <summary>Writes down that everything that the closed tenant owned has ended. False when that was known, or it is not closed.</summary>
    [Alias("finish-close"), AnyRoute]
    ValueTask<bool> FinishClose();

    /// <summary>Makes an API key; only this answer has its secret.</summary>
    [Alias("create-key"), AnyRoute]
    ValueTask<ApiKeyCreateReply> CreateKey(Origin origin, [Immutable] ApiKeyCreateRequest request);

    /// <summary>All keys, revoked ones too.</summary>
    [Alias("list-keys"), AnyRoute]
    ValueTask<ApiKey[]> ListKeys();

    /// <summary>Revokes a key for good.</summary>
    [Alias("revoke-key"), AnyRoute]
    ValueTask<ApiKeyReply> RevokeKey(Origin origin, string keyId, string? reason);

    /// <summary>Changes what is given of an active key. Refused with KEY_REVOKED or KEY_EXPIRED when it is not active.</summary>
    [Alias("update-key"), AnyRoute]
    ValueTask<ApiKeyReply> UpdateKey(Origin origin, string keyId, [Immutable] ApiKeyUpdateRequest request);

    /// <summary>Notes that a key has opened something just now. It is no change: nothing reads the key again for it, and nobody waits.</summary>
    [Alias("note-key-use"), AnyRoute, OneWay]
    ValueTask NoteKeyUse(string keyId);

    /// <summary>The key with that secret hash, whatever its state; null when there is none.</summary>
    [Alias("find-key"), AnyRoute]
    ValueTask<AuthenticatedKey?> FindKey(string secretHash);

    /// <summary>Makes a budget.</summary>
    [Alias("create-budget"), AnyRoute]
    ValueTask<BudgetReply> CreateBudget(Origin origin, ScopePath scope, [Immutable] BudgetCreateRequest request);

    /// <summary>Changes a budget's settings.</summary>
    [Alias("update-budget"), AnyRoute]
    ValueTask<BudgetReply> UpdateBudget(Origin origin, ScopePath scope, Unit unit, [Immutable] BudgetChange change);

    /// <summary>
    /// The budgets whose scopes have all <paramref name="segments"/>, lie <paramref name="within"/> and are under
    /// <paramref name="prefix"/> (<see cref="ScopePath.IsUnder"/>).
    /// </summary>
    [Alias("list-budgets"), AnyRoute]
    ValueTask<Budget[]> ListBudgets(string[] segments, string? prefix, Unit? unit, ScopeFilter? within = null);

    /// <summary>Makes a policy; its name is unique within the tenant.</summary>
    [Alias("create-policy"), AnyRoute]
    ValueTask<PolicyReply> CreatePolicy(Origin origin, [Immutable] PolicyCreateRequest request);

    /// <summary>Changes what is given of a policy; in force for whatever begins after the answer.</summary>
    [Alias("update-policy"), AnyRoute]
    ValueTask<PolicyReply> UpdatePolicy(Origin origin, string policyId, [Immutable] PolicyUpdateRequest request);

    /// <summary>All policies, in order of creation.</summary>
    [Alias("list-policies"), AnyRoute]
    ValueTask<Policy[]> ListPolicies();
}
