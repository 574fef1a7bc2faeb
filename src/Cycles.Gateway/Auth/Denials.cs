using System.Diagnostics.CodeAnalysis;
using Cycles.Gateway.Http;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;

namespace Cycles.Gateway.Auth;

/// <summary>
/// Denies what a caller may not see or touch: FORBIDDEN, and on record. What a list may show is not asked here, but filtered where the list
/// is made, before its page is cut.
/// </summary>
internal static class Denials
{
    [DoesNotReturn]
    public static void Deny(this Call call, string message) =>
        throw new ProblemException(new Problem(ErrorCode.Forbidden, message, IsDenial: true));

    /// <summary>Denies a scope that the API key's scope_filter leaves out.</summary>
    public static void RequireWithin(this Call call, ScopePath scope)
    {
        if (call.Caller.Within?.Allows(scope) == false)
        {
            call.Deny($"Scope {scope} is outside of the API key's scope_filter");
        }
    }

    /// <summary>Denies a policy's pattern that can match a scope that the API key's scope_filter leaves out.</summary>
    public static void RequireWithin(this Call call, string pattern, string tenantId)
    {
        if (call.Caller.Within?.AllowsPattern(pattern, tenantId) == false)
        {
            call.Deny("scope_pattern reaches outside of the API key's scope_filter");
        }
    }

    /// <summary>Denies a list of nothing but what the API key's scope_filter leaves out.</summary>
    public static void RequireReach(this Call call, string? prefix)
    {
        if (prefix is not null && call.Caller.Within?.CanReach(prefix) == false)
        {
            call.Deny("What is asked for is outside of the API key's scope_filter");
        }
    }

    /// <inheritdoc cref="RequireReach(Call, string?)"/>
    public static void RequireReach(this Call call, string[] segments)
    {
        if (call.Caller.Within?.CanReach(segments) == false)
        {
            call.Deny("What is asked for is outside of the API key's scope_filter");
        }
    }
}
