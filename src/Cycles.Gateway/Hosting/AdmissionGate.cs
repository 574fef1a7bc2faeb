using Cycles.Gateway.Http;
using Cycles.Protocol.Errors;
using Cycles.Silo.Memory;

namespace Cycles.Gateway.Hosting;

/// <summary>
/// Answers 503 before a request is read when there is no room for it: the requests under way hold as many bytes as they may, or memory is nearly
/// full. What ends a reservation is let in longer than what begins one, as it makes room.
/// </summary>
internal sealed class AdmissionGate(RequestDelegate next, GatewayOptions options, MemoryWatch memory)
{
    // What a request costs beside its body: headers, the answer, the messages between grains.
    private const long BytesOfRequest = 16 * 1024;

    private static readonly Problem Full = new(ErrorCode.InternalError, "The server has no memory left for this request; try again in a second");

    private readonly long _most = options.MaxBytesInFlight > 0 ? options.MaxBytesInFlight : MemoryPlan.BytesInFlight;
    private long _inFlight;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments("/health"))
        {
            await next(http);
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
                http.Response.Headers.RetryAfter = "1";
                await ResponseWriter.WriteAsync(http, Full, StatusCodes.Status503ServiceUnavailable);
                return;
            }

            await next(http);
        }
        finally
        {
            Interlocked.Add(ref _inFlight, -bytes);
        }
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
