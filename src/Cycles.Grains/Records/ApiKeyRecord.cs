using Cycles.Protocol.Keys;

namespace Cycles.Grains.Records;

/// <summary>An API key as it is kept: what may be shown of it, and the hash of its secret.</summary>
/// <param name="Key">What may be shown.</param>
/// <param name="SecretHash">SHA-256 of the secret in lower-case hex: enough for 192 random bits, which nobody can guess through.</param>
internal sealed record ApiKeyRecord(ApiKey Key, string SecretHash);
