using System.Security.Cryptography;
using System.Text.Json;

namespace Cycles.Protocol.Json;

/// <summary>
/// A stable form of a JSON value, after RFC 8785: members sorted by their UTF-16 code units, no white space. Two bodies that say the
/// same have the same hash, whatever the order in which a client wrote them (IDEMPOTENCY: canonical comparison).
/// </summary>
public static class CanonicalJson
{
    /// <summary>128 bits of SHA-256 over the canonical form, as 32 hex digits.</summary>
    /// <exception cref="InvalidOperationException">A string holds half a surrogate pair and so has no UTF-8 form.</exception>
    public static string Hash(JsonElement value)
    {
        using var canonical = CanonicalWriter.Rent();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical.Write(value), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
