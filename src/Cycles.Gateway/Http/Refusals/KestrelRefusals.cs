using System.Diagnostics;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cycles.Gateway.Http.Refusals;

/// <summary>
/// Gives the requests that Kestrel refuses itself, before there is anything to route, the protocol's error body and headers. Kestrel announces such a
/// request as a diagnostic event and then answers with a status and nothing else; each connection's <see cref="ReplaceableOutput"/> sends our answer
/// in its place.
/// </summary>
internal sealed class KestrelRefusals : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private KestrelRefusals()
    {
    }

    /// <summary>Makes the answers of all endpoints replaceable.</summary>
    public static void Prepare(KestrelServerOptions kestrel) => kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection =>
    {
        var output = new ReplaceableOutput(connection.Transport.Output);
        connection.Features.Set(output);
        connection.Transport = new Duplex(connection.Transport.Input, output);
        return next(connection);
    }));

    /// <summary>Answers such requests from now on. Only this event is asked for: other diagnostics stay off, and cost nothing.</summary>
    public static IDisposable Answer(DiagnosticListener diagnostics) => diagnostics.Subscribe(new KestrelRefusals(), name => name == BadRequest);

    public void OnNext(KeyValuePair<string, object?> diagnostic)
    {
        if (diagnostic is { Key: BadRequest, Value: IFeatureCollection features }
            && features.Get<IHttpResponseFeature>() is { HasStarted: false }
            && features.Get<IBadRequestExceptionFeature>()?.Error is Microsoft.AspNetCore.Http.BadHttpRequestException exception
            && features.Get<ReplaceableOutput>() is { } output)
        {
            var request = features.Get<IHttpRequestFeature>();
            Telemetry.Refused(ErrorCode.InvalidRequest);
            output.Replace(RawAnswer.Of(
                exception.StatusCode, Correlation.Of(request?.Headers ?? new HeaderDictionary()), hasBody: request?.Method != HttpMethods.Head));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
