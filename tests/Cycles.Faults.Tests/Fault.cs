using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>One way in which a server, or what it stands on, fails.</summary>
internal abstract class Fault : IAsyncDisposable
{
    /// <summary>Whether it can be mended while the server runs, so that the server must serve again by itself.</summary>
    public virtual bool CanBeMended => true;

    /// <summary>Whether the server itself ends of it.</summary>
    public virtual bool EndsServer => false;

    /// <summary>How to start a server that it can happen to.</summary>
    public abstract IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Makes it happen.</summary>
    public abstract Task BreakAsync(ServerProcess server);

    /// <summary>Ends it: what was lost stays lost, and everything works again.</summary>
    public abstract Task MendAsync();

    /// <summary>Ends it while no server runs. In the way that keeps least of what was not durable.</summary>
    public virtual Task RestoreAsync() => MendAsync();

    public abstract ValueTask DisposeAsync();
}
