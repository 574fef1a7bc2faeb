using System.Text.Json.Nodes;
using Cycles.Grains.Audit;
using Cycles.Grains.Ledger;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Validation;

namespace Cycles.Grains.Tenants;

// The tenant's policies. What was answered is in force: the next request that begins is admitted by it.
internal sealed partial class TenantGrain
{
    public ValueTask<PolicyReply> CreatePolicy(Origin origin, PolicyCreateRequest request) => ChangeAsync(async () =>
    {
        if ((CheckOwner() ?? CheckName(request.Name) ?? CheckCount()) is { } problem)
        {
            return new PolicyReply(problem, null);
        }

        var policy = PolicyChanges.Create(TenantId, request, NowAfter(_state!.Policies.Select(policy => policy.CreatedAt)));
        await WriteAsync(AuditOf(origin, AuditResources.Policy, policy.PolicyId, creates: true), WriteOf(policy));
        Put(policy);
        return new PolicyReply(null, policy);
    });

    public ValueTask<PolicyReply> UpdatePolicy(Origin origin, string policyId, PolicyUpdateRequest request) => ChangeAsync(async () =>
    {
        if (_state?.FindPolicy(policyId) is not { } policy)
        {
            return new PolicyReply(new Problem(ErrorCode.NotFound, $"Policy not found: {policyId}"), null);
        }

        if ((CheckOwner()
            ?? request.Validate(policy)
            ?? (request.Name is { } name && name != policy.Name ? CheckName(name) : null)) is { } problem)
        {
            return new PolicyReply(problem, null);
        }

        var updated = PolicyChanges.Update(policy, request, clock.Now);
        var changed = PolicyChanges.ChangedFields(policy, updated);
        await WriteAsync(
            AuditOf(
                origin,
                AuditResources.Policy,
                policyId,
                metadata: new() { ["changed_fields"] = new JsonArray([.. changed.Select(field => JsonValue.Create(field))]) }),
            WriteOf(updated));
        Put(updated);
        return new PolicyReply(null, updated);
    });

    public async ValueTask<Policy[]> ListPolicies()
    {
        await LoadedAsync();
        return _state is null
            ? []
            : [.. _state.Policies.OrderBy(policy => policy.CreatedAt).ThenBy(policy => policy.PolicyId, StringComparer.Ordinal)];
    }

    private Problem? CheckName(string name) => _state!.Policies.Any(policy => policy.Name == name)
        ? new Problem(ErrorCode.DuplicateResource, $"Policy '{name}' already exists")
        : null;

    private Problem? CheckCount() => _state!.Policies.Count >= options.Value.MaxPolicies
        ? new Problem(
            ErrorCode.LimitExceeded,
            $"Tenant {TenantId} has {_state.Policies.Count} policies, the most that it can have; change one that is DISABLED or over instead",
            Conflicts: true)
        : null;

    private void Put(Policy policy)
    {
        _state!.PutPolicy(policy);
        commitLimits.Publish(TenantId, _state.LimitsCommits);
    }

    private StoreWrite WriteOf(Policy policy) =>
        StoreWrite.SetField(Keys.Policies, policy.PolicyId, GrainJson.Write(policy, GrainJson.Default.Policy));
}
