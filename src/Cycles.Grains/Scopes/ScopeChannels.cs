using Cycles.Contracts.Addressing;
using Cycles.Grains.Peers;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>One grain's channels to the scopes that its operations lock.</summary>
/// <param name="grains">The grains.</param>
/// <param name="silo">The silo on which the grain is.</param>
internal sealed class ScopeChannels(IGrainFactory grains, SiloAddress silo)
{
    private const int MostKept = 1_000;

    private readonly Dictionary<ScopePath, ScopeChannel> _channels = [];

    /// <summary>The channel to a scope.</summary>
    public ScopeChannel To(ScopePath scope)
    {
        if (!_channels.TryGetValue(scope, out var channel))
        {
            if (_channels.Count >= MostKept)
            {
                // An operation under way keeps its channels; a new one beside an old one only shares no messages with it.
                _channels.Clear();
            }

            _channels.Add(scope, channel = new ScopeChannel(grains.Get<IScopeGrain>(scope.Value), silo.GetConsistentHashCode()));
        }

        return channel;
    }
}
