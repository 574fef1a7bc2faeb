using Cycles.Contracts.Addressing;
using Cycles.Contracts.Keys;
using Cycles.Contracts.Tenants;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Cycles.Gateway.Auth;

/// <summary>
/// The API keys that this gateway has seen lately. A secret is looked up once; after that its tenant's grain is asked again at most every
/// half second, from memory, so that a revoked key is refused everywhere within one second and no request reads the store for it.
/// </summary>
internal sealed class ApiKeys(IGrainFactory grains, TimeProvider time, IOptions<GatewayOptions> options) : IDisposable
{
    private const int MaxKnown = 100_000;
    private const int MaxSecretLength = 128;

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxKnown });

    /// <summary>The key of a secret, whatever its state; null when there is none.</summary>
    public ValueTask<AuthenticatedKey?> FindAsync(string secret) => FindAsync(secret, options.Value.ApiKeyCache);

    /// <summary>The key of a secret as it was at most <paramref name="maxAge"/> ago; zero asks its tenant.</summary>
    public async ValueTask<AuthenticatedKey?> FindAsync(string secret, TimeSpan maxAge)
    {
        if (secret.Length is 0 or > MaxSecretLength)
        {
            return null;
        }

        // By its hash: a dump of this process's memory need not have more secrets than the requests in flight.
        var hash = ApiKeySecrets.Hash(secret);
        if (_known.TryGetValue(hash, out Entry? entry) && time.GetElapsedTime(entry!.Timestamp) < maxAge)
        {
            return entry.Key;
        }

        var timestamp = time.GetTimestamp();
        var key = entry is null
            ? await grains.GetGrain<IKeyDirectoryGrain>(0).Find(hash)
            : await grains.Get<ITenantGrain>(entry.Key.Key.TenantId).FindKey(hash);
        if (key is null)
        {
            _known.Remove(hash);
            return null;
        }

        _known.Set(hash, new Entry(key, timestamp), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(5) });
        return key;
    }

    public void Dispose() => _known.Dispose();

    private sealed record Entry(AuthenticatedKey Key, long Timestamp);
}
