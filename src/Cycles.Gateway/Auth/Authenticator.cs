using Cycles.Contracts.Keys;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Http;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Gateway.Auth;

/// <summary>Finds out who calls, and whether they may.</summary>
internal sealed class Authenticator(ApiKeys apiKeys, KeyUseNotes uses, AdminKey adminKey)
{
    /// <returns>Who calls, as far as that is known, and why they may not: 401 or 403.</returns>
    public async ValueTask<(Caller Caller, Problem? Problem)> AuthenticateAsync(HttpContext http, Access access)
    {
        var headers = http.Request.Headers;
        if (access.Admin && Secret(headers, HeaderNames.AdminKey) is { } adminSecret)
        {
            return adminKey.IsRight(adminSecret) ? (Caller.Admin, null) : Unknown(HeaderNames.AdminKey);
        }

        if (access is { Permission: null, AnyKey: false })
        {
            return Unknown(HeaderNames.AdminKey);
        }

        var key = Secret(headers, HeaderNames.ApiKey) is { } secret ? await apiKeys.FindAsync(secret) : null;
        if (key is null || !(key.Key.Status == ApiKeyStatus.Active || IsToldOfClose(key, http.Request)))
        {
            // The answer does not say whether the key is unknown, revoked or expired: a caller without a valid key learns nothing.
            return Unknown(HeaderNames.ApiKey);
        }

        http.Response.Headers[HeaderNames.Tenant] = key.Key.TenantId;
        if (key.Key.Status == ApiKeyStatus.Active)
        {
            await uses.NoteAsync(key.Key);
        }

        var caller = new Caller(key, IsAdmin: false);
        return access.Permission is not { } permission || Permissions.Satisfy(key.Key.Permissions, permission)
            ? (caller, null)
            : (caller, new Problem(LackOf(permission), $"The API key lacks the permission {permission}", IsDenial: true));
    }

    /// <summary>What a header says without blanks around it, which no key has; a blank header counts as absent.</summary>
    private static string? Secret(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 } secret ? secret : null;

    /// <summary>The admin plane has a code of its own for that; the runtime plane has not.</summary>
    private static ErrorCode LackOf(string permission) => Permissions.IsOfRuntime(permission) ? ErrorCode.Forbidden : ErrorCode.InsufficientPermissions;

    /// <summary>
    /// The close of a tenant revokes its keys, and the agents that hold them are still in the middle of something: what they want to
    /// change, nobody can any more, and that they may be told (TENANT_CLOSED, or the answer that they have missed). They read nothing.
    /// </summary>
    private static bool IsToldOfClose(AuthenticatedKey key, HttpRequest request) =>
        key is { TenantStatus: TenantStatus.Closed, Key: { Status: ApiKeyStatus.Revoked, RevokedReason: TenantEnd.Reason } }
        && !HttpMethods.IsGet(request.Method);

    private static (Caller Caller, Problem? Problem) Unknown(string header) =>
        (Caller.Unknown, new Problem(ErrorCode.Unauthorized, $"Missing or invalid {header}", IsDenial: true));
}
