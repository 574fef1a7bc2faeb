using Cycles.Gateway.Http;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;

namespace Cycles.Gateway.Auth;

/// <summary>Finds out who calls, and whether they may.</summary>
internal sealed class Authenticator(ApiKeys apiKeys, AdminKey adminKey)
{
    /// <exception cref="ProblemException">401 or 403.</exception>
    public async ValueTask<Caller> AuthenticateAsync(HttpContext http, Access access)
    {
        var headers = http.Request.Headers;
        if (access.Admin && headers.TryGetValue(HeaderNames.AdminKey, out var secret))
        {
            if (!adminKey.IsRight(secret.ToString()))
            {
                Refuse(ErrorCode.Unauthorized, "Missing or invalid X-Admin-API-Key");
            }

            return new Caller(null);
        }

        if (access.Permission is not { } permission)
        {
            Refuse(ErrorCode.Unauthorized, "Missing or invalid X-Admin-API-Key");
            return default;
        }

        var key = headers.TryGetValue(HeaderNames.ApiKey, out secret) ? await apiKeys.FindAsync(secret.ToString()) : null;
        if (key is not { Key.Status: ApiKeyStatus.Active })
        {
            // Which of unknown, revoked and expired it is, is not told: whoever has no valid key learns nothing.
            Refuse(ErrorCode.Unauthorized, "Missing or invalid X-Cycles-API-Key");
        }

        http.Response.Headers[HeaderNames.Tenant] = key.Key.TenantId;
        if (!Permissions.Satisfy(key.Key.Permissions, permission))
        {
            Refuse(ErrorCode.Forbidden, $"The API key lacks the permission {permission}");
        }

        return new Caller(key);
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Refuse(ErrorCode code, string message) => throw new ProblemException(new Problem(code, message));
}
