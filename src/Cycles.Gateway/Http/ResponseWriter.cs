using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Gateway.Audit;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;

namespace Cycles.Gateway.Http;

/// <summary>Writes bodies.</summary>
internal static class ResponseWriter
{
    private const string Json = "application/json";

    // A body of this size or more would be collected with all that lives long, which every request waits for.
    private const int SegmentSize = 64 * 1024;

    private static readonly PipeOptions Unbounded = new(minimumSegmentSize: SegmentSize, pauseWriterThreshold: 0, useSynchronizationContext: false);

    public static async ValueTask WriteAsync<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type)
    {
        using var body = ResponseBody.Of(value, type);
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = Json;
        response.ContentLength = body.Bytes.Length;
        await response.Body.WriteAsync(body.Bytes, http.RequestAborted);
    }

    /// <summary>As the other, for what may be long, such as a page of a list: in pieces of pooled memory, so that it leaves no garbage.</summary>
    public static async ValueTask WriteLongAsync<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type)
    {
        var pipe = new Pipe(Unbounded);
        try
        {
            using (var json = new Utf8JsonWriter(pipe.Writer, ResponseBody.WriterOptions))
            {
                JsonSerializer.Serialize(json, value, type);
            }

            await pipe.Writer.CompleteAsync();
            var body = (await pipe.Reader.ReadAsync(http.RequestAborted)).Buffer;
            var response = http.Response;
            response.StatusCode = status;
            response.ContentType = Json;
            response.ContentLength = body.Length;
            foreach (var piece in body)
            {
                await response.BodyWriter.WriteAsync(piece, http.RequestAborted);
            }
        }
        finally
        {
            await pipe.Writer.CompleteAsync();
            await pipe.Reader.CompleteAsync();
        }
    }

    public static async ValueTask WriteAsync(HttpContext http, Problem problem, int? status = null)
    {
        Telemetry.Refused(problem.Code);
        var correlation = http.Features.Get<Correlation>()!;
        var answered = status ?? ErrorStatus.Of(problem, http.GetEndpoint()?.Metadata.GetMetadata<Operation>());
        if (http.Features.Get<AuditTrail>() is { } trail)
        {
            await trail.RecordAsync(http, problem, answered);
        }

        if (problem.Throttling is { } throttling)
        {
            http.Response.Headers.RetryAfter = ToSeconds(throttling.RetryAfterMs);
            http.Response.Headers[HeaderNames.RateLimitReset] = ToSeconds(throttling.ResetsAtMs);
        }

        await WriteAsync(
            http,
            answered,
            new ErrorResponse
            {
                Error = problem.Code,
                Message = problem.Message,
                RequestId = correlation.RequestId,
                TraceId = correlation.TraceId,
                Details = ErrorDetails.Of(problem),
            },
            ProtocolJson.Default.ErrorResponse);
    }

    /// <summary>Whole seconds, rounded up, so that a client that waits so long does not come too soon.</summary>
    private static string ToSeconds(long milliseconds) =>
        long.DivRem(milliseconds + 999, 1000).Quotient.ToString(CultureInfo.InvariantCulture);
}
