using System.Diagnostics;
using Cycles.Gateway.Hosting;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>The outermost frame of every request: its ids, and the protocol's error body for whatever ends without one.</summary>
internal sealed partial class ProtocolMiddleware(RequestDelegate next, Drain drain, ILogger<ProtocolMiddleware> logger)
{
    // Long enough for a tenant to be served elsewhere, short enough for the official clients to use it.
    private const string RetryAfterSeconds = "1";

    public async Task InvokeAsync(HttpContext http)
    {
        var correlation = Correlation.Of(http.Request.Headers);
        http.Features.Set(correlation);
        http.Response.Headers[HeaderNames.RequestId] = correlation.RequestId;
        http.Response.Headers[HeaderNames.TraceId] = correlation.TraceId;

        // Bodies repeat what callers have sent, in plain characters: no browser may take one for a page.
        http.Response.Headers.XContentTypeOptions = "nosniff";
        Activity.Current?.SetTag("cycles.request_id", correlation.RequestId);
        if (drain.HasBegun)
        {
            http.Response.Headers.Connection = "close";
        }

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
        catch (Exception exception) when (!http.Response.HasStarted && Unavailability.Passes(exception))
        {
            LogUnavailable(logger, Unavailability.CauseOf(exception));
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            var message = Unavailability.ChangedNothing(exception)
                ? "The service is not available now and nothing was changed; retry the request"
                : "The service is not available now; retry the request under the same idempotency key";
            await ResponseWriter.WriteAsync(http, new Problem(ErrorCode.InternalError, message), StatusCodes.Status503ServiceUnavailable);
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

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Requests are answered 503: {Cause}")]
    private static partial void LogUnavailable(ILogger logger, string cause);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "The client of {Method} {Path} went away ({RequestId})")]
    private static partial void LogDisconnected(ILogger logger, string method, string path, string requestId);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "{Method} {Path} failed ({RequestId})")]
    private static partial void LogFailed(ILogger logger, string method, string path, string requestId, Exception exception);
}
