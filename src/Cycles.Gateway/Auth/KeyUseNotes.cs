using System.Collections.Concurrent;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Keys;

namespace Cycles.Gateway.Auth;

/// <summary>
/// Tells a key's tenant that the key is in use, at most once a minute for each key: what is kept is at most that much older than the last use,
/// and a request in between costs one look into memory.
/// </summary>
internal sealed class KeyUseNotes(IGrainFactory grains, TimeProvider time)
{
    private const int MaxKnown = 100_000;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _toldAt = new();

    /// <summary>A key has just opened something. Nobody waits for the note, and one that is lost is made up for by the next.</summary>
    public ValueTask NoteAsync(ApiKey key)
    {
        var now = time.GetTimestamp();
        if (_toldAt.TryGetValue(key.KeyId, out var toldAt))
        {
            if (time.GetElapsedTime(toldAt, now) < Every || !_toldAt.TryUpdate(key.KeyId, now, toldAt))
            {
                return default;
            }
        }
        else
        {
            if (_toldAt.Count >= MaxKnown)
            {
                // Keys that are still in use are reported once more, early.
                _toldAt.Clear();
            }

            if (!_toldAt.TryAdd(key.KeyId, now))
            {
                return default;
            }
        }

        return grains.Get<ITenantGrain>(key.TenantId).NoteKeyUse(key.KeyId);
    }
}
