using Cycles.Client;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Grains.Placement;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>/v1/admin/policies.</summary>
internal sealed class PolicyEndpoints(IGrainFactory grains)
{
    private const int MaxLimit = 10_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(new("createPolicy", "POST", "/v1/admin/policies", Access.TenantOrAdmin(Permissions.PoliciesWrite)), CreateAsync);
        routes.MapOperation(new("listPolicies", "GET", "/v1/admin/policies", Access.TenantOrAdmin(Permissions.PoliciesRead)), ListAsync);
    }

    private async ValueTask CreateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.PolicyCreateRequest);
        var tenantId = OwnedTenants.Choose(call, request.TenantId, "tenant_id");
        var reply = request.Validate() is { } invalid
            ? new PolicyReply(invalid, null)
            : await grains.Get<ITenantGrain>(tenantId).CreatePolicy(call.Origin, request);
        Result<Policy> result = reply.Problem is { } problem ? problem : reply.Policy!;
        await call.AnswerAsync(result, ProtocolJson.Default.Policy, StatusCodes.Status201Created);
    }

    private async ValueTask ListAsync(Call call)
    {
        var query = call.Query;
        var tenantId = call.Caller.TenantId ?? OwnedTenants.Choose(call, query.Text("tenant_id"), "tenant_id query parameter");
        var pattern = query.Text("scope_pattern");
        var status = query.Choice("status", ("ACTIVE", PolicyStatus.Active), ("DISABLED", PolicyStatus.Disabled));
        var policies = (await grains.Get<ITenantGrain>(tenantId).ListPolicies())
            .Where(policy => (pattern is null || policy.ScopePattern == pattern) && (status is null || policy.Status == status));
        var page = Pages.Take(
            [.. policies], policy => policy.PolicyId, $"{tenantId}|{pattern}|{status}", query.ClampedLimit(MaxLimit), query.Text("cursor"));
        await call.AnswerAsync(
            new PolicyListResponse { Policies = page.Items, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null },
            ProtocolJson.Default.PolicyListResponse);
    }
}
