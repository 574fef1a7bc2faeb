using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Indexes;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>/v1/admin/api-keys.</summary>
internal sealed class ApiKeyEndpoints(IGrainFactory grains, TimeProvider time)
{
    private const int MaxLimit = 10_000;
    private const int MaxReasonLength = 512;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(new("createApiKey", "POST", "/v1/admin/api-keys", Access.AdminOnly) { TakesTenantAsArgument = true }, CreateAsync);
        routes.MapOperation(new("listApiKeys", "GET", "/v1/admin/api-keys", Access.AdminOnly), ListAsync);
        routes.MapChange(new("updateApiKey", "PATCH", "/v1/admin/api-keys/{key_id}", Access.AdminOnly), UpdateAsync);
        routes.MapChange(new("revokeApiKey", "DELETE", "/v1/admin/api-keys/{key_id}", Access.AdminOnly), RevokeAsync);
    }

    private async ValueTask CreateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.ApiKeyCreateRequest);
        var problem = request.Validate(time.GetUtcNow())
            ?? (TenantIds.IsValid(request.TenantId) ? null : TenantProblems.NotFound(request.TenantId));
        var reply = problem is null
            ? await grains.Get<ITenantAdminGrain>(request.TenantId).CreateKey(call.Origin, request)
            : new ApiKeyCreateReply(problem, null);
        Result<ApiKeyCreateResponse> result = reply.Problem is { } refused ? refused : reply.Key!;
        await call.AnswerAsync(result, ProtocolJson.Default.ApiKeyCreateResponse, StatusCodes.Status201Created);
    }

    private async ValueTask ListAsync(Call call)
    {
        var query = call.Query;
        var page = await grains.GetGrain<ITenantIndexGrain>(0).QueryKeys(new ApiKeyQuery
        {
            TenantId = query.Text("tenant_id"),
            Status = query.Choice(
                "status", ("ACTIVE", ApiKeyStatus.Active), ("REVOKED", ApiKeyStatus.Revoked), ("EXPIRED", ApiKeyStatus.Expired)),
            Search = query.Search(),
            SortBy = query.Choice(
                "sort_by",
                ("key_id", ApiKeySort.KeyId),
                ("name", ApiKeySort.Name),
                ("tenant_id", ApiKeySort.TenantId),
                ("status", ApiKeySort.Status),
                ("created_at", ApiKeySort.CreatedAt),
                ("expires_at", ApiKeySort.ExpiresAt)) ?? ApiKeySort.CreatedAt,
            Ascending = query.IsAscending(),
            Limit = query.ClampedLimit(MaxLimit),
            Cursor = query.Text("cursor", QueryParameters.MaxCursorLength),
        });
        Result<ApiKeyListResponse> result = page.Problem is { } problem
            ? problem
            : new ApiKeyListResponse { Keys = page.Keys, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null };
        await call.AnswerPageAsync(result, ProtocolJson.Default.ApiKeyListResponse);
    }

    private async ValueTask UpdateAsync(Call call)
    {
        var (keyId, tenant) = ReadTarget(call);
        var request = await call.ReadChangeAsync(ProtocolJson.Default.ApiKeyUpdateRequest);
        var problem = request.Validate() ?? (tenant is null ? NotFound(keyId) : null);
        await AnswerAsync(call, problem is null ? await tenant!.UpdateKey(call.Origin, keyId, request) : new ApiKeyReply(problem, null));
    }

    private async ValueTask RevokeAsync(Call call)
    {
        var (keyId, tenant) = ReadTarget(call);
        var reason = call.Query.Text("reason", MaxReasonLength);
        await AnswerAsync(call, tenant is null ? new ApiKeyReply(NotFound(keyId), null) : await tenant.RevokeKey(call.Origin, keyId, reason));
    }

    /// <summary>The key that the path names, and the tenant in its id; null when the id is malformed.</summary>
    private (string KeyId, ITenantAdminGrain? Tenant) ReadTarget(Call call)
    {
        var keyId = call.Route("key_id");
        if (!DerivedId.TryGetTenant("key_", keyId, out var tenantId))
        {
            return (keyId, null);
        }

        call.Concerns(tenantId);
        return (keyId, grains.Get<ITenantAdminGrain>(tenantId));
    }

    private static ValueTask AnswerAsync(Call call, ApiKeyReply reply)
    {
        Result<ApiKey> result = reply.Problem is { } problem ? problem : reply.Key!;
        return call.AnswerAsync(result, ProtocolJson.Default.ApiKey);
    }

    private static Problem NotFound(string keyId) => new(ErrorCode.NotFound, $"API key not found: {keyId}");
}
