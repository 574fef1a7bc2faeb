using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Cycles.Silo.Security;

/// <summary>
/// Opens only the ports that are wanted. A silo that is alone listens for no others, and the gateway in its process calls it without a
/// connection: on a port that is not opened nothing can be reached, by this user or another.
/// </summary>
/// <param name="inner">Opens ports.</param>
/// <param name="port">The only port that is opened; 0 for none.</param>
internal sealed class OnlyPortListenerFactory(IConnectionListenerFactory inner, int port) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        port > 0 && endpoint is IPEndPoint { Port: var wanted } && wanted == port
            ? inner.BindAsync(endpoint, cancellationToken)
            : new(new ClosedListener(endpoint));

    /// <summary>Listens nowhere: nothing ever comes.</summary>
    private sealed class ClosedListener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_unbound.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
