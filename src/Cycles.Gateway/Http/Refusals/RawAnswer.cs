using System.Globalization;
using System.Text;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Cycles.Gateway.Http.Refusals;

/// <summary>An error answer as it stands on the wire, for a request of which there is no context to write one in.</summary>
internal static class RawAnswer
{
    /// <summary>The answer, after which the connection is closed.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="correlation">The request's ids; they are plain tokens.</param>
    /// <param name="hasBody">Whether the body is sent; not to HEAD.</param>
    public static byte[] Of(int status, Correlation correlation, bool hasBody)
    {
        using var body = ResponseBody.Of(
            new ErrorResponse
            {
                Error = ErrorCode.InvalidRequest,
                Message = BadRequests.Describe(status),
                RequestId = correlation.RequestId,
                TraceId = correlation.TraceId,
            },
            ProtocolJson.Default.ErrorResponse);
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Length: {body.Bytes.Length}\r\nConnection: close\r\n"
            + $"Content-Type: application/json\r\nDate: {DateTimeOffset.UtcNow:r}\r\n{HeaderNames.RequestId}: {correlation.RequestId}\r\n"
            + $"{HeaderNames.TraceId}: {correlation.TraceId}\r\nX-Content-Type-Options: nosniff\r\n\r\n"));
        return hasBody ? [.. head, .. body.Bytes.Span] : head;
    }
}
