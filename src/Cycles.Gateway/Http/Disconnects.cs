using Microsoft.AspNetCore.Connections;

namespace Cycles.Gateway.Http;

/// <summary>Tells a client that went away from a fault of this server.</summary>
internal static class Disconnects
{
    /// <summary>Whether a request ended because its client has closed or reset the connection: there is nobody to answer, and nothing to mend.</summary>
    public static bool IsDisconnect(HttpContext http, Exception exception) => exception is ConnectionResetException or ConnectionAbortedException
        || (exception is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested);
}
