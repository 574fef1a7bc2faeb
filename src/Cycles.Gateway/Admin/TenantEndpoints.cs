using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Indexes;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Json;
using Cycles.Protocol.Tenants;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>/v1/admin/tenants.</summary>
internal sealed class TenantEndpoints(IGrainFactory grains)
{
    private const int MaxLimit = 1000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(new("createTenant", "POST", "/v1/admin/tenants", Access.AdminOnly) { RecognizesItself = true }, CreateAsync);
        routes.MapOperation(new("listTenants", "GET", "/v1/admin/tenants", Access.AdminOnly), ListAsync);
        routes.MapOperation(new("getTenant", "GET", "/v1/admin/tenants/{tenant_id}", Access.AdminOnly), GetAsync);
        routes.MapChange(new("updateTenant", "PATCH", "/v1/admin/tenants/{tenant_id}", Access.AdminOnly), UpdateAsync);
    }

    private async ValueTask CreateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.TenantCreateRequest);
        if (request.Validate() is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        var reply = await grains.Get<ITenantAdminGrain>(request.TenantId).Create(call.Origin, request);
        await AnswerAsync(call, reply, reply.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async ValueTask ListAsync(Call call)
    {
        var query = call.Query;
        var page = await grains.GetGrain<ITenantIndexGrain>(0).Query(new TenantQuery
        {
            Status = query.Choice(
                "status", ("ACTIVE", TenantStatus.Active), ("SUSPENDED", TenantStatus.Suspended), ("CLOSED", TenantStatus.Closed)),
            ParentTenantId = query.Text("parent_tenant_id"),
            Search = query.Search(),
            SortBy = query.Choice(
                "sort_by",
                ("tenant_id", TenantSort.TenantId),
                ("name", TenantSort.Name),
                ("status", TenantSort.Status),
                ("created_at", TenantSort.CreatedAt)) ?? TenantSort.CreatedAt,
            Ascending = query.IsAscending(),
            Limit = query.ClampedLimit(MaxLimit),
            Cursor = query.Text("cursor", QueryParameters.MaxCursorLength),
        });
        Result<TenantListResponse> result = page.Problem is { } problem
            ? problem
            : new TenantListResponse { Tenants = page.Tenants, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null };
        await call.AnswerPageAsync(result, ProtocolJson.Default.TenantListResponse);
    }

    private async ValueTask GetAsync(Call call)
    {
        var id = call.Route("tenant_id");
        var tenant = TenantIds.IsValid(id) ? await grains.Get<ITenantAdminGrain>(id).Get() : null;
        await AnswerAsync(call, new TenantReply(tenant is null ? TenantProblems.NotFound(id) : null, tenant));
    }

    private async ValueTask UpdateAsync(Call call)
    {
        var id = call.Route("tenant_id");
        var isId = TenantIds.IsValid(id);
        if (isId)
        {
            call.Concerns(id);
        }

        var request = await call.ReadChangeAsync(ProtocolJson.Default.TenantUpdateRequest);
        var problem = request.Validate() ?? (isId ? null : TenantProblems.NotFound(id));
        var reply = problem is null ? await grains.Get<ITenantAdminGrain>(id).Update(call.Origin, request) : new TenantReply(problem, null);
        if (reply.IsCascading)
        {
            // The tenant is CLOSED; what it owned is still being ended. Asking again joins that.
            call.Http.Response.Headers[HeaderNames.CascadeStatus] = "in_progress";
            call.Http.Response.Headers.RetryAfter = "1";
        }

        await AnswerAsync(call, reply);
    }

    private static ValueTask AnswerAsync(Call call, TenantReply reply, int status = StatusCodes.Status200OK)
    {
        Result<Tenant> result = reply.Problem is { } problem ? problem : reply.Tenant!;
        return call.AnswerAsync(result, ProtocolJson.Default.Tenant, status);
    }
}
