using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Cycles.Gateway.Http;

/// <summary>
/// The ids of a request (CORRELATION AND TRACING): the trace comes from traceparent, else from X-Cycles-Trace-Id, else it is new. A
/// malformed header counts as absent and is never refused.
/// </summary>
/// <param name="RequestId">The caller's X-Request-Id when it is a plain token, else a new one.</param>
/// <param name="TraceId">32 lower-case hex digits, not all zero.</param>
internal sealed record Correlation(string RequestId, string TraceId)
{
    private const int MaxRequestIdLength = 128;
    private const int TraceIdLength = 32;
    private const int TraceParentLength = 55;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static Correlation Of(IHeaderDictionary headers) => new(
        ReadRequestId(headers[HeaderNames.RequestId]) ?? NewId("req_"),
        ReadTraceParent(headers.TraceParent) ?? ReadTraceId(headers[HeaderNames.TraceId]) ?? NewTraceId(headers));

    private static string? ReadRequestId(StringValues header) =>
        header is [{ Length: > 0 and <= MaxRequestIdLength } id] && !id.AsSpan().ContainsAnyExcept(TokenCharacters) ? id : null;

    private static string? ReadTraceId(StringValues header) => header is [{ } id] && IsTraceId(id) ? id : null;

    /// <summary>
    /// W3C Trace Context of version 00 and no other: the protocol names that version, and a value of another one counts as malformed.
    /// </summary>
    private static string? ReadTraceParent(StringValues header)
    {
        if (header is not [{ Length: TraceParentLength } value]
            || !value.StartsWith("00-", StringComparison.Ordinal) || value[35] != '-' || value[52] != '-'
            || value.AsSpan(36, 16).ContainsAnyExcept(LowerHex) || !value.AsSpan(36, 16).ContainsAnyExcept('0')
            || value.AsSpan(53, 2).ContainsAnyExcept(LowerHex))
        {
            return null;
        }

        var traceId = value.Substring(3, TraceIdLength);
        return IsTraceId(traceId) ? traceId : null;
    }

    private static bool IsTraceId(string value) =>
        value.Length == TraceIdLength && !value.AsSpan().ContainsAnyExcept(LowerHex) && value.AsSpan().ContainsAnyExcept('0');

    /// <summary>The trace of the server's own span, unless that took it from a traceparent that does not count.</summary>
    private static string NewTraceId(IHeaderDictionary headers) =>
        (headers.TraceParent.Count == 0 ? Activity.Current?.TraceId.ToHexString() : null) ?? ActivityTraceId.CreateRandom().ToHexString();

    private static string NewId(string prefix)
    {
        Span<byte> random = stackalloc byte[12];
        RandomNumberGenerator.Fill(random);
        return prefix + Convert.ToHexStringLower(random);
    }
}
