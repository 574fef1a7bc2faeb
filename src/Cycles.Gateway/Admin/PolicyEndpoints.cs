using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>/v1/admin/policies.</summary>
internal sealed class PolicyEndpoints(IGrainFactory grains)
{
    private const int MaxLimit = 10_000;
    private const string IdPrefix = "pol_";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(
            new("createPolicy", "POST", "/v1/admin/policies", Access.TenantOrAdmin(Permissions.PoliciesWrite)) { TakesTenantAsArgument = true }, CreateAsync);
        routes.MapOperation(
            new("listPolicies", "GET", "/v1/admin/policies", Access.TenantOrAdmin(Permissions.PoliciesRead)) { TakesTenantAsArgument = true }, ListAsync);
        routes.MapChange(
            new("updatePolicy", "PATCH", "/v1/admin/policies/{policy_id}", Access.TenantOrAdmin(Permissions.PoliciesWrite)), UpdateAsync);
    }

    private async ValueTask CreateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.PolicyCreateRequest);
        var tenantId = OwnedTenants.Choose(call, request.TenantId, "tenant_id");
        if (request.Validate() is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        if (!ScopePattern.TryParse(request.ScopePattern, tenantId, out var pattern, out var why))
        {
            Call.Refuse(ErrorCode.InvalidRequest, why);
        }

        call.RequireWithin(pattern, tenantId);
        await AnswerAsync(
            call,
            await grains.Get<ITenantAdminGrain>(tenantId).CreatePolicy(call.Origin, request with { ScopePattern = pattern }),
            StatusCodes.Status201Created);
    }

    private async ValueTask ListAsync(Call call)
    {
        var query = call.Query;
        var tenantId = call.Caller.TenantId ?? OwnedTenants.Choose(call, query.Text("tenant_id"), "tenant_id query parameter");

        // Patterns are kept in lower case, like scopes.
        var pattern = query.Text("scope_pattern")?.ToLowerInvariant();
        var status = query.Choice("status", ("ACTIVE", PolicyStatus.Active), ("DISABLED", PolicyStatus.Disabled));
        var within = call.Caller.Within;
        if (pattern is not null)
        {
            call.RequireWithin(pattern, tenantId);
        }

        var policies = (await grains.Get<ITenantAdminGrain>(tenantId).ListPolicies())
            .Where(policy => (pattern is null || policy.ScopePattern == pattern)
                && (status is null || policy.Status == status)
                && within?.AllowsPattern(policy.ScopePattern, tenantId) != false);
        var page = Pages.Take(
            [.. policies], policy => policy.PolicyId, $"{tenantId}|{pattern}|{status}|{within}", query.ClampedLimit(MaxLimit), query.Text("cursor"));
        await call.AnswerAsync(
            new PolicyListResponse { Policies = page.Items, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null },
            ProtocolJson.Default.PolicyListResponse);
    }

    private async ValueTask UpdateAsync(Call call)
    {
        var policyId = call.Route("policy_id");
        if (DerivedId.TryGetTenant(IdPrefix, policyId, out var tenantId))
        {
            call.Concerns(tenantId);
        }

        var request = await call.ReadChangeAsync(ProtocolJson.Default.PolicyUpdateRequest);
        if ((request.Validate() ?? await CheckAccessAsync(call, policyId, tenantId)) is { } problem)
        {
            await call.RefuseAsync(problem);
            return;
        }

        await AnswerAsync(call, await grains.Get<ITenantAdminGrain>(tenantId!).UpdatePolicy(call.Origin, policyId, request));
    }

    /// <summary>
    /// Whether the policy exists and is the caller's to change: as with reservations, another tenant's is forbidden. Its pattern never
    /// changes: what is found here still holds when the policy is changed.
    /// </summary>
    private async ValueTask<Problem?> CheckAccessAsync(Call call, string policyId, string? tenantId)
    {
        if (tenantId is null
            || Array.Find(await grains.Get<ITenantAdminGrain>(tenantId).ListPolicies(), policy => policy.PolicyId == policyId) is not { } policy)
        {
            return new Problem(ErrorCode.NotFound, $"Policy not found: {policyId}");
        }

        if (!call.Caller.IsAdmin && call.Caller.TenantId != tenantId)
        {
            call.Deny("The policy belongs to another tenant");
        }

        call.RequireWithin(policy.ScopePattern, tenantId);
        return null;
    }

    private static ValueTask AnswerAsync(Call call, PolicyReply reply, int status = StatusCodes.Status200OK)
    {
        Result<Policy> result = reply.Problem is { } problem ? problem : reply.Policy!;
        return call.AnswerAsync(result, ProtocolJson.Default.Policy, status);
    }
}
