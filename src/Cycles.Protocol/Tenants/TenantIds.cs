using System.Buffers;

namespace Cycles.Protocol.Tenants;

/// <summary>The form of a tenant id: <c>^[a-z0-9-]+$</c>, 3 to 64 characters (schema <c>Tenant</c>).</summary>
public static class TenantIds
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether <paramref name="tenantId"/> has that form.</summary>
    public static bool IsValid(string tenantId) => tenantId.Length is >= 3 and <= 64 && !tenantId.AsSpan().ContainsAnyExcept(Allowed);
}
