using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Cycles.Http.Tests.Server;

/// <summary>Speaks to the server in bytes: what no HTTP client would send.</summary>
internal static class RawHttp
{
    /// <summary>Sends bytes and reads one answer.</summary>
    /// <param name="address">The server.</param>
    /// <param name="request">The bytes; not necessarily a whole request.</param>
    /// <param name="patience">How long an answer is waited for.</param>
    /// <returns>The answer; null when none came, or none that is HTTP.</returns>
    public static async Task<RawAnswer?> SendAsync(Uri address, byte[] request, TimeSpan patience)
    {
        using var client = new TcpClient { NoDelay = true };
        using var timeout = new CancellationTokenSource(patience);
        var received = new MemoryStream();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, timeout.Token);
            var stream = client.GetStream();
            var sending = stream.WriteAsync(request, timeout.Token).AsTask();
            var buffer = new byte[16 * 1024];
            while (RawAnswer.Parse(received.ToArray()) is not { IsWhole: true })
            {
                var read = await stream.ReadAsync(buffer, timeout.Token);
                if (read == 0)
                {
                    break;
                }

                received.Write(buffer, 0, read);
            }

            await sending;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The server may close while this still sends; what it has answered counts.
        }

        return RawAnswer.Parse(received.ToArray());
    }

    /// <summary>Sends the head of a request that expects 100-continue, and resets the connection once the server waits for the body.</summary>
    public static async Task ResetInBodyAsync(Uri address, byte[] head, byte[] beginning, TimeSpan patience)
    {
        // A socket and no TcpClient, which closes in peace before it resets.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(enable: true, seconds: 0) };
        using var timeout = new CancellationTokenSource(patience);
        await socket.ConnectAsync(address.Host, address.Port, timeout.Token);
        await socket.SendAsync(head, timeout.Token);
        Assert.True(await socket.ReceiveAsync(new byte[256], timeout.Token) > 0, "the server does not wait for the body");
        await socket.SendAsync(beginning, timeout.Token);
    }

    /// <summary>The bytes of a text, one for each character.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(int Status, Dictionary<string, string> Headers, string Body)
{
    public bool IsWhole => !Headers.TryGetValue("Content-Length", out var length) || Body.Length >= int.Parse(length);

    public static RawAnswer? Parse(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || !text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            return null;
        }

        var lines = text[..end].Split("\r\n");
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new RawAnswer(int.Parse(lines[0].AsSpan(9, 3)), headers, text[(end + 4)..]);
    }

    /// <summary>What is wrong with it as an answer of the protocol; null when nothing is.</summary>
    public string? Fault(bool isHead = false)
    {
        if (Status >= 500 && Status != 505)
        {
            return $"{Status}: {Body}";
        }

        if (!Headers.TryGetValue("X-Request-Id", out var requestId) || !Headers.TryGetValue("X-Cycles-Trace-Id", out var traceId))
        {
            return $"{Status} without ids";
        }

        if (Status < 400 || isHead)
        {
            return null;
        }

        try
        {
            var body = JsonNode.Parse(Body)!;
            return (string)body["request_id"]! == requestId && (string)body["trace_id"]! == traceId
                && body["error"] is not null && ((string)body["message"]!).Length > 0
                ? null
                : $"{Status} with another body: {Body}";
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException)
        {
            return $"{Status} without the error body: {Body}";
        }
    }
}
