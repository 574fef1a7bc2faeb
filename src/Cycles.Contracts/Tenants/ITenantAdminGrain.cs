using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Contracts.Tenants;

/// <summary>One tenant (key: its id), as the admin plane reads and changes it: the tenant itself, its API keys, which budgets it has, its policies.</summary>
[Alias("cycles.tenant-admin"), ClientAccess(ClientAccess.Gateways)]
public interface ITenantAdminGrain : IGrainWithStringKey
{
    /// <summary>Creates the tenant. If a tenant with this id and name exists, answers that tenant and changes nothing.</summary>
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

    /// <summary>Makes a budget.</summary>
    [Alias("create-budget"), AnyRoute]
    ValueTask<BudgetReply> CreateBudget(Origin origin, ScopePath scope, [Immutable] BudgetCreateRequest request);

    /// <summary>Changes a budget's settings.</summary>
    [Alias("update-budget"), AnyRoute]
    ValueTask<BudgetReply> UpdateBudget(Origin origin, ScopePath scope, Unit unit, [Immutable] BudgetChange change);

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
