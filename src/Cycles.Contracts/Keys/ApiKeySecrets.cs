using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cycles.Contracts.Keys;

/// <summary>
/// Secrets of API keys: 192 random bits, kept as their SHA-256. A slow hash protects what people choose and others can guess; nobody
/// guesses 192 bits, and a fast one keeps authentication off the list of things that a request waits for.
/// </summary>
public static class ApiKeySecrets
{
    private const string Prefix = "cyc_live_";
    private const int RandomBytes = 24;
    private const int ShownLength = 14;

    /// <summary>A new secret.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The part that may be shown.</summary>
    public static string ToShown(string secret) => secret[..ShownLength];

    /// <summary>What is kept of a secret: lower-case hex.</summary>
    public static string Hash(string secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(secret), hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Whether two hashes are the same, in constant time.</summary>
    public static bool AreEqual(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));
}
