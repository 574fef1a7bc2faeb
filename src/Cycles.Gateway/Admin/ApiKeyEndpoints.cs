using Cycles.Client;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Grains.Cluster;
using Cycles.Grains.Placement;
using Cycles.Grains.Tenants;
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
    private const int MaxSearchLength = 128;
    private const int MaxReasonLength = 512;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(new("createApiKey", "POST", "/v1/admin/api-keys", Access.AdminOnly), CreateAsync);
        routes.MapOperation(new("listApiKeys", "GET", "/v1/admin/api-keys", Access.AdminOnly), ListAsync);
        routes.MapChange(new("revokeApiKey", "DELETE", "/v1/admin/api-keys/{key_id}", Access.AdminOnly), RevokeAsync);
    }

    private async ValueTask CreateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.ApiKeyCreateRequest);
        var problem = request.Validate(time.GetUtcNow()) ?? CheckTenantId(request.TenantId);
        var reply = problem is null
            ? await grains.Get<ITenantGrain>(request.TenantId).CreateKey(call.Origin, request)
            : new ApiKeyCreateReply(problem, null);
        Result<ApiKeyCreateResponse> result = reply.Problem is { } refused ? refused : reply.Key!;
        await call.AnswerAsync(result, ProtocolJson.Default.ApiKeyCreateResponse, StatusCodes.Status201Created);
    }

    private async ValueTask ListAsync(Call call)
    {
        var query = call.Query;
        var tenantId = query.Text("tenant_id");
        var status = query.Choice(
            "status", ("ACTIVE", ApiKeyStatus.Active), ("REVOKED", ApiKeyStatus.Revoked), ("EXPIRED", ApiKeyStatus.Expired));
        var search = query.Text("search", MaxSearchLength)?.Trim();
        var sort = query.OneOf("sort_by", "key_id", "name", "tenant_id", "status", "created_at", "expires_at");
        var keys = (await ReadAsync(tenantId))
            .Where(key => (status is null || key.Status == status)
                && (search is null
                    || key.KeyId.Contains(search, StringComparison.OrdinalIgnoreCase)
                    || key.Name?.Contains(search, StringComparison.OrdinalIgnoreCase) == true));
        var page = Pages.Take(
            Sorting.Order(keys, key => SortKey(key, sort), key => key.KeyId, query.IsAscending()),
            key => key.KeyId,
            $"{tenantId}|{status}|{search}|{sort}|{query.IsAscending()}",
            query.ClampedLimit(MaxLimit),
            query.Text("cursor"));
        await call.AnswerAsync(
            new ApiKeyListResponse { Keys = page.Items, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null },
            ProtocolJson.Default.ApiKeyListResponse);
    }

    private async ValueTask RevokeAsync(Call call)
    {
        var keyId = call.Route("key_id");
        var reason = call.Query.Text("reason", MaxReasonLength);
        var reply = DerivedId.TryGetTenant("key_", keyId, out var tenantId)
            ? await grains.Get<ITenantGrain>(tenantId).RevokeKey(call.Origin, keyId, reason)
            : new ApiKeyReply(new Problem(ErrorCode.NotFound, $"API key not found: {keyId}"), null);
        Result<ApiKey> result = reply.Problem is { } problem ? problem : reply.Key!;
        await call.AnswerAsync(result, ProtocolJson.Default.ApiKey);
    }

    private async ValueTask<IEnumerable<ApiKey>> ReadAsync(string? tenantId)
    {
        if (tenantId is not null)
        {
            return TenantIds.IsValid(tenantId) ? await grains.Get<ITenantGrain>(tenantId).ListKeys() : [];
        }

        var tenants = await grains.GetGrain<IClusterGrain>(0).ListTenants();
        var keys = await Task.WhenAll(tenants.Select(tenant => grains.Get<ITenantGrain>(tenant.TenantId).ListKeys().AsTask()));
        return keys.SelectMany(some => some);
    }

    private static IComparable SortKey(ApiKey key, string? sort) => sort switch
    {
        "key_id" => key.KeyId,
        "name" => key.Name ?? string.Empty,
        "tenant_id" => key.TenantId,
        "status" => (int)key.Status,
        "expires_at" => key.ExpiresAt,
        _ => key.CreatedAt,
    };

    private static Problem? CheckTenantId(string tenantId) =>
        TenantIds.IsValid(tenantId) ? null : new Problem(ErrorCode.TenantNotFound, $"Tenant not found: {tenantId}");
}
