using System.Diagnostics;
using Cycles.Protocol.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Cycles.Gateway.Http;

/// <summary>
/// Gives the requests that Kestrel refuses itself, before there is anything to route, the protocol's error body and headers. Kestrel announces such
/// a request as a diagnostic event, before it answers with a status and nothing else; what is written by then stands.
/// </summary>
internal sealed class KestrelRefusals : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private KestrelRefusals()
    {
    }

    /// <summary>Answers such requests from now on. Only this event is asked for: other diagnostics stay off, and cost nothing.</summary>
    public static IDisposable Answer(DiagnosticListener diagnostics) => diagnostics.Subscribe(new KestrelRefusals(), name => name == BadRequest);

    public void OnNext(KeyValuePair<string, object?> diagnostic)
    {
        if (diagnostic is { Key: BadRequest, Value: IFeatureCollection features }
            && features.Get<IHttpResponseFeature>() is { HasStarted: false }
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException exception)
        {
            _ = WriteAsync(new DefaultHttpContext(features), exception.StatusCode);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static async Task WriteAsync(HttpContext http, int status)
    {
        try
        {
            var correlation = Correlation.Of(http.Request.Headers);
            http.Features.Set(correlation);
            var headers = http.Response.Headers;
            headers[HeaderNames.RequestId] = correlation.RequestId;
            headers[HeaderNames.TraceId] = correlation.TraceId;
            headers.XContentTypeOptions = "nosniff";
            headers.Connection = "close";
            await ResponseWriter.WriteAsync(http, new Problem(ErrorCode.InvalidRequest, BadRequests.Describe(status)), status);
        }
        catch (Exception)
        {
            // The connection is gone, or Kestrel answers in its own way after all: there is nothing left to be done for this request.
        }
    }
}
