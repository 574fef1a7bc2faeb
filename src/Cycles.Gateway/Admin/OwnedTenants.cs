using Cycles.Contracts.Tenants;
using Cycles.Gateway.Http;
using Cycles.Protocol.Tenants;

namespace Cycles.Gateway.Admin;

/// <summary>Whose objects an operation is about, where both kinds of keys are taken.</summary>
internal static class OwnedTenants
{
    /// <summary>The tenant of the API key, which may not name one; the admin must.</summary>
    public static string Choose(Call call, string? named, string what)
    {
        if (call.Caller.TenantId is { } own)
        {
            if (named is not null)
            {
                Call.Refuse(ErrorCode.InvalidRequest, $"{what} is not taken with an API key");
            }

            return own;
        }

        if (named is null)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{what} is required when using admin key authentication");
        }

        if (!TenantIds.IsValid(named))
        {
            throw new ProblemException(TenantProblems.NotFound(named));
        }

        call.Concerns(named);
        return named;
    }
}
