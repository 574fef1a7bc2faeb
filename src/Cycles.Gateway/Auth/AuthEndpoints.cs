using Cycles.Contracts.Keys;
using Cycles.Gateway.Http;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Gateway.Auth;

/// <summary>/v1/auth: what a key is good for.</summary>
internal sealed class AuthEndpoints(ApiKeys apiKeys)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(new("validateApiKey", "POST", "/v1/auth/validate", Access.AdminOnly) { OnlyReads = true }, ValidateAsync);
        routes.MapOperation(new("introspectAuth", "GET", "/v1/auth/introspect", Access.Anyone), IntrospectAsync);
    }

    /// <summary>Says what a key is worth now, and not a moment ago: an operator who has just revoked a key checks it here.</summary>
    private async ValueTask ValidateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.ApiKeyValidationRequest);
        var known = await apiKeys.FindAsync(request.KeySecret.Trim(), TimeSpan.Zero);
        await call.AnswerAsync(Answer(known), ProtocolJson.Default.ApiKeyValidationResponse);
    }

    private static async ValueTask IntrospectAsync(Call call) => await call.AnswerAsync(
        call.Caller.Key is { Key: var key }
            ? new AuthIntrospectResponse
            {
                AuthType = AuthType.Tenant,
                Permissions = key.Permissions,
                Capabilities = Capabilities.Of(key.Permissions),
                TenantId = key.TenantId,
                ScopeFilter = NotEmpty(key.ScopeFilter),
            }
            : new AuthIntrospectResponse { AuthType = AuthType.Admin, Permissions = ["*"], Capabilities = Capabilities.All },
        ProtocolJson.Default.AuthIntrospectResponse);

    private static ApiKeyValidationResponse Answer(AuthenticatedKey? known)
    {
        if (known is not { Key: var key })
        {
            return new ApiKeyValidationResponse { Valid = false, TenantId = string.Empty, Reason = "NOT_FOUND" };
        }

        var answer = new ApiKeyValidationResponse { Valid = true, TenantId = key.TenantId, KeyId = key.KeyId, ExpiresAt = key.ExpiresAt };
        return WhyNot(known) is { } reason
            ? answer with { Valid = false, Reason = reason }
            : answer with { Permissions = key.Permissions, ScopeFilter = NotEmpty(key.ScopeFilter) };
    }

    private static string? WhyNot(AuthenticatedKey known) => known switch
    {
        { Key.Status: ApiKeyStatus.Revoked } => "REVOKED",
        { Key.Status: ApiKeyStatus.Expired } => "EXPIRED",
        { TenantStatus: TenantStatus.Suspended } => "TENANT_SUSPENDED",
        { TenantStatus: TenantStatus.Closed } => "TENANT_CLOSED",
        _ => null,
    };

    private static string[]? NotEmpty(string[]? entries) => entries is { Length: > 0 } ? entries : null;
}
