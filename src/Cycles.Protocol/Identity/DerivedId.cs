using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Cycles.Protocol.Identity;

/// <summary>
/// Ids that derive from (tenant, idempotency key): <c>{prefix}{tenant}_{32 hex digits}</c>. A tenant id has no underscore, so the
/// parts cannot be confused. 128 bits of SHA-256: two keys of one tenant do not collide by chance, and only a tenant's own keys share its space.
/// </summary>
public static class DerivedId
{
    private const int HashLength = 32;

    /// <summary>The id of <paramref name="idempotencyKey"/> in the space of <paramref name="prefix"/> and <paramref name="tenantId"/>.</summary>
    public static string Create(string prefix, string tenantId, string idempotencyKey)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var byteCount = Encoding.UTF8.GetMaxByteCount(idempotencyKey.Length);
        var bytes = byteCount <= 1024 ? stackalloc byte[byteCount] : new byte[byteCount];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(idempotencyKey, bytes)], hash);
        return string.Concat(prefix, tenantId, "_", Convert.ToHexStringLower(hash[..(HashLength / 2)]));
    }

    /// <summary>Whether <paramref name="text"/> is such an id, and whose.</summary>
    public static bool TryGetTenant(string prefix, string? text, [NotNullWhen(true)] out string? tenantId)
    {
        tenantId = null;
        if (text is null || !text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var underscore = text.IndexOf('_', prefix.Length);
        if (underscore <= prefix.Length
            || text.Length != underscore + 1 + HashLength
            || text.AsSpan(underscore + 1).ContainsAnyExcept("0123456789abcdef")
            || !Tenants.TenantIds.IsValid(text[prefix.Length..underscore]))
        {
            return false;
        }

        tenantId = text[prefix.Length..underscore];
        return true;
    }
}
