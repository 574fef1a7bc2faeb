namespace Cycles.Http.Tests.Server;

/// <summary>Requests that the HTTP server refuses before there is anything to route have the protocol's error body and headers too.</summary>
public sealed class ServerRefusalTests(ServerFixture server)
{
    private const string Host = "Host: x\r\n";
    private const string Json = "Content-Type: application/json\r\nX-Admin-API-Key: " + ServerProcess.AdminKey + "\r\n";
    private const string Post = "POST /v1/admin/tenants HTTP/1.1\r\n" + Host + Json;
    private const string Chunked = Post + "Transfer-Encoding: chunked\r\n\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, int, string> Refused => new()
    {
        { "NUL in a path", 400, "GET /v1/%00 HTTP/1.1\r\n" + Host + "\r\n" },
        { "bytes of a path that are no ASCII", 400, "GET /v1/\u00ff HTTP/1.1\r\n" + Host + "\r\n" },
        { "a header that is not UTF-8", 400, "GET /v1/balances HTTP/1.1\r\n" + Host + "X-Cycles-API-Key: \u00ff\u00fe\r\n\r\n" },
        { "a header with NUL", 400, "GET /v1/balances HTTP/1.1\r\n" + Host + "X-Foo: a\0b\r\n\r\n" },
        { "a header without a colon", 400, "GET /health/live HTTP/1.1\r\n" + Host + "nocolon\r\n\r\n" },
        { "a request line that is too long", 414, "GET /" + new string('a', 20_000) + " HTTP/1.1\r\n" + Host + "\r\n" },
        { "headers that are too large", 431, "GET / HTTP/1.1\r\n" + Host + "X-A: " + new string('a', 40_000) + "\r\n\r\n" },
        { "too many headers", 431, "GET / HTTP/1.1\r\n" + Host + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: 1\r\n")) + "\r\n" },
        { "another HTTP", 505, "GET / HTTP/3.0\r\n" + Host + "\r\n" },
        { "no host", 400, "GET /health/live HTTP/1.1\r\n\r\n" },
        { "two hosts", 400, "GET /health/live HTTP/1.1\r\n" + Host + Host + "\r\n" },
        { "no HTTP", 400, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\r\n\r\n" },
        { "a method that is no token", 400, "F@O{ /health/live HTTP/1.1\r\n" + Host + "\r\n" },
        { "another transfer coding", 400, Post + "Transfer-Encoding: gzip\r\n\r\n" },
        { "two lengths", 400, Post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" },
        { "a length below 0", 400, Post + "Content-Length: -1\r\n\r\nabcd" },
        { "a length beyond all numbers", 400, Post + "Content-Length: 99999999999999999999\r\n\r\nabcd" },
        { "a length beyond the limit", 413, Post + "Content-Length: 99999999\r\n\r\n{}" },
        { "a chunk size that overflows", 400, Chunked + "ffffffffffffffff\r\nabc\r\n0\r\n\r\n" },
        { "a chunk size beyond the limit", 413, Chunked + "7ffffff\r\n" + new string('a', 300_000) },
        { "a chunk size that is none", 400, Chunked + "zz\r\nabc\r\n0\r\n\r\n" },
        { "a chunk that is longer than its size", 400, Chunked + "3\r\nabcdef\r\n0\r\n\r\n" },
        { "a chunk trailer that is no header", 400, Chunked + "3\r\nabc\r\n0\r\nbad trailer\r\n\r\n" },
        { "a chunk trailer that is not UTF-8", 400, Chunked + "2\r\n{}\r\n0\r\nX-T: \u00ff\r\n\r\n" },
        { "no body at all", 400, Post + "\r\n" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_the_HTTP_server_refuses_has_the_protocols_body_and_headers(string what, int status, string request)
    {
        var answer = await RawHttp.SendAsync(server.Api.Address, RawHttp.Bytes(request), Patience);

        Assert.True(answer is not null, $"{what}: no answer");
        Assert.Equal(status, answer.Status);
        Assert.Null(answer.Fault());
        Assert.Contains("\"error\":\"INVALID_REQUEST\"", answer.Body);
    }

    [Fact]
    public async Task A_refusal_keeps_the_request_id_that_was_read_before_it()
    {
        var answer = await RawHttp.SendAsync(
            server.Api.Address, RawHttp.Bytes("GET /health/live HTTP/1.1\r\nX-Request-Id: mine\r\n\r\n"), Patience);

        Assert.Equal("mine", answer!.Headers["X-Request-Id"]);
    }

    [Fact]
    public async Task A_refused_HEAD_has_no_body()
    {
        var answer = await RawHttp.SendAsync(server.Api.Address, RawHttp.Bytes("HEAD /health/live HTTP/1.1\r\n\r\n"), Patience);

        Assert.Equal((400, string.Empty), (answer!.Status, answer.Body));
    }
}
