using System.Text.Json.Nodes;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Records;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Validation;

namespace Cycles.Grains.Tenants;

// The tenant's policies. What was answered is in force: the next request that begins is admitted by it.
internal sealed partial class TenantGrain
{
    public ValueTask<PolicyReply> CreatePolicy(Origin origin, PolicyCreateRequest request) => ChangeAsync<PolicyReply>(async change =>
    {
        if ((CheckOwner(change.State) ?? CheckName(change.State!, request.Name) ?? CheckCount(change.State!)) is { } problem)
        {
            return new PolicyReply(problem, null);
        }

        var policy = PolicyChanges.Create(TenantId, request, NowAfter(change.State!.Policies.Select(policy => policy.CreatedAt)));
        var reply = new PolicyReply(null, policy);
        await change.WriteAsync(reply, [AuditOf(origin, AuditResources.Policy, policy.PolicyId, creates: true)], WriteOf(policy));
        Put(change.State, policy);
        return reply;
    });

    public ValueTask<PolicyReply> UpdatePolicy(Origin origin, string policyId, PolicyUpdateRequest request) => ChangeAsync<PolicyReply>(async change =>
    {
        if (change.State?.FindPolicy(policyId) is not { } policy)
        {
            return new PolicyReply(new Problem(ErrorCode.NotFound, $"Policy not found: {policyId}"), null);
        }

        if ((CheckOwner(change.State)
            ?? request.Validate(policy)
            ?? (request.Name is { } name && name != policy.Name ? CheckName(change.State, name) : null)) is { } problem)
        {
            return new PolicyReply(problem, null);
        }

        var updated = PolicyChanges.Update(policy, request, clock.Now);
        var changed = PolicyChanges.ChangedFields(policy, updated);
        var reply = new PolicyReply(null, updated);
        await change.WriteAsync(
            reply,
            [
                AuditOf(
                    origin,
                    AuditResources.Policy,
                    policyId,
                    metadata: new() { ["changed_fields"] = new JsonArray([.. changed.Select(field => JsonValue.Create(field))]) }),
            ],
            WriteOf(updated));
        Put(change.State, updated);
        return reply;
    });

    public async ValueTask<Policy[]> ListPolicies()
    {
        return (await LoadedAsync()).State is not { } state
            ? []
            : [.. state.Policies.OrderBy(policy => policy.CreatedAt).ThenBy(policy => policy.PolicyId, StringComparer.Ordinal)];
    }

    private static Problem? CheckName(TenantState state, string name) => state.Policies.Any(policy => policy.Name == name)
        ? new Problem(ErrorCode.DuplicateResource, $"Policy '{name}' already exists")
        : null;

    private Problem? CheckCount(TenantState state) => state.Policies.Count >= options.Value.MaxPolicies
        ? new Problem(
            ErrorCode.LimitExceeded,
            $"Tenant {TenantId} has {state.Policies.Count} policies, the most that it can have; change one that is DISABLED or over instead",
            Conflicts: true)
        : null;

    private void Put(TenantState state, Policy policy)
    {
        state.PutPolicy(policy);
        commitLimits.Publish(TenantId, state.LimitsCommits);
    }

    private StoreWrite WriteOf(Policy policy) =>
        StoreWrite.SetField(Keys.Policies, policy.PolicyId, GrainJson.Write(policy, GrainJson.Default.Policy));
}
