using System.Diagnostics;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>The outermost frame of every request: its ids, and the protocol's error body for whatever ends without one.</summary>
internal sealed partial class ProtocolMiddleware(RequestDelegate next, ILogger<ProtocolMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var correlation = Correlation.Of(http.Request.Headers);
        http.Features.Set(correlation);
        http.Response.Headers[HeaderNames.RequestId] = correlation.RequestId;
        http.Response.Headers[HeaderNames.TraceId] = correlation.TraceId;

        // Bodies repeat what callers have sent, in plain characters: no browser may take one for a page.
        http.Response.Headers.XContentTypeOptions = "nosniff";
        Activity.Current?.SetTag("cycles.request_id", correlation.RequestId);
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException exception)
        {
            // Where one request ends and the next begins is not certain any more.
            http.Response.Headers.Connection = "close";
            await RefuseAsync(http, exception.StatusCode, BadRequests.Describe(exception.StatusCode));
            return;
        }
        catch (Exception exception) when (Disconnects.IsDisconnect(http, exception))
        {
            Telemetry.Disconnected();
            LogDisconnected(logger, http.Request.Method, http.Request.Path, correlation.RequestId);

            // Else Kestrel would look for the rest of the body, and log an error when it finds the read that the reset has ended.
            http.Abort();
            return;
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            LogFailed(logger, http.Request.Method, http.Request.Path, correlation.RequestId, exception);
            await ResponseWriter.WriteAsync(http, new Problem(ErrorCode.InternalError, "The request could not be completed; it may be retried"));
            return;
        }

        if (!http.Response.HasStarted && http.Response.ContentLength is null && http.Response.StatusCode >= 400)
        {
            await RefuseAsync(http, http.Response.StatusCode, Describe(http));
        }
    }

    private static async ValueTask RefuseAsync(HttpContext http, int status, string message)
    {
        if (!http.Response.HasStarted)
        {
            var code = status == StatusCodes.Status404NotFound ? ErrorCode.NotFound : ErrorCode.InvalidRequest;
            await ResponseWriter.WriteAsync(http, new Problem(code, message), status);
        }
    }

    private static string Describe(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is no such route",
        StatusCodes.Status405MethodNotAllowed => $"{http.Request.Method} is not allowed here",
        var status => BadRequests.Describe(status),
    };

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "The client of {Method} {Path} went away ({RequestId})")]
    private static partial void LogDisconnected(ILogger logger, string method, string path, string requestId);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "{Method} {Path} failed ({RequestId})")]
    private static partial void LogFailed(ILogger logger, string method, string path, string requestId, Exception exception);
}
