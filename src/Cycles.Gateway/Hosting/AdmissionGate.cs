using System.Diagnostics;
using Cycles.Gateway.Http;
using Cycles.Grains.Waits;
using Cycles.Protocol.Errors;
using Cycles.Silo.Memory;

namespace Cycles.Gateway.Hosting;

/// <summary>
/// Answers 503 before a request is read when there is no room for it: the requests under way hold as many bytes as they may, or memory is nearly
/// full. What ends a reservation is let in longer than what begins one, as it makes room.
/// </summary>
internal sealed class AdmissionGate(RequestDelegate next, GatewayOptions options, GatewayPeers peers, MemoryWatch memory, PauseWatch pauses)
{
    // What a request costs beside its body: headers, the answer, the messages between grains.
    private const long BytesOfRequest = 16 * 1024;

    private static readonly Problem Full = new(ErrorCode.InternalError, "The server has no memory left for this request; try again in a second");

    private static readonly Problem Hung = new(ErrorCode.InternalError, "The server hung, and nothing was changed; retry the request under the same idempotency key");

    // What waited in the sockets while this process hung is read first.
    private static readonly TimeSpan WaryFor = TimeSpan.FromSeconds(1);

    private readonly long _most = options.MaxBytesInFlight > 0 ? options.MaxBytesInFlight : MemoryPlan.BytesInFlight;
    private long _inFlight;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments("/health"))
        {
            await next(http);
            return;
        }

        if (peers.MayExist && !HttpMethods.IsGet(http.Request.Method) && Stopwatch.GetElapsedTime(pauses.PauseEndedAt) < WaryFor)
        {
            // It may have waited for so long that its caller has asked elsewhere, and was refused there: done now, nobody would know of it.
            await RefuseAsync(http, Hung);
            return;
        }

        var bytes = BytesOfRequest + (http.Request.ContentLength ?? (HttpMethods.IsGet(http.Request.Method) ? 0 : options.MaxRequestBodyBytes));
        var inFlight = Interlocked.Add(ref _inFlight, bytes);
        try
        {
            // One alone is let in whatever its size: it would never be smaller.
            if ((inFlight > _most && inFlight > bytes) || !MayEnter(http.Request.Path))
            {
                Telemetry.Turned(memory.Load);
                await RefuseAsync(http, Full);
                return;
            }

            await next(http);
        }
        finally
        {
            Interlocked.Add(ref _inFlight, -bytes);
        }
    }

    private static ValueTask RefuseAsync(HttpContext http, Problem problem)
    {
        http.Response.Headers.RetryAfter = "1";
        return ResponseWriter.WriteAsync(http, problem, StatusCodes.Status503ServiceUnavailable);
    }

    private bool MayEnter(PathString path) => memory.Load switch
    {
        MemoryLoad.Low => true,
        MemoryLoad.High => path.Value is { } text
            && (text.EndsWith("/commit", StringComparison.Ordinal) || text.EndsWith("/release", StringComparison.Ordinal)
                || text.EndsWith("/extend", StringComparison.Ordinal)),
        _ => false,
    };
}
