using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class TracingTests(ServerFixture server)
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Other = "11111111111111111111111111111111";

    [Theory]
    [InlineData($"00-{Trace}-b7ad6b7169203331-01", Other, Trace)]
    [InlineData($"01-{Trace}-b7ad6b7169203331-01", Other, Other)]
    [InlineData($"cc-{Trace}-b7ad6b7169203331-01-later", Other, Other)]
    [InlineData($"00-{Trace}-b7ad6b7169203331-1", Other, Other)]
    [InlineData($"00-{Trace}-b7ad6b716920333g-01", Other, Other)]
    [InlineData(null, Other, Other)]
    [InlineData($"00-{Trace}-0000000000000000-01", Other, Other)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", Other, Other)]
    [InlineData($"ff-{Trace}-b7ad6b7169203331-01", Other, Other)]
    [InlineData($"00-{Trace}-b7ad6b7169203331-01-extra", Other, Other)]
    [InlineData("nonsense", Other, Other)]
    public async Task The_trace_comes_from_traceparent_then_from_its_own_header(string? traceParent, string? traceId, string expected)
    {
        var headers = new List<(string, string)>();
        if (traceParent is not null)
        {
            headers.Add(("traceparent", traceParent));
        }

        if (traceId is not null)
        {
            headers.Add(("X-Cycles-Trace-Id", traceId));
        }

        var answer = await server.Api.GetAsync("/v1/reservations/x", string.Empty, [.. headers]);

        Assert.Equal(expected, answer.Headers["X-Cycles-Trace-Id"]);
    }

    [Fact]
    public async Task A_traceparent_of_another_version_alone_leaves_the_trace_to_the_server()
    {
        var answer = await server.Api.GetAsync("/v1/reservations/x", string.Empty, ("traceparent", $"01-{Trace}-b7ad6b7169203331-01"));

        Assert.NotEqual(Trace, answer.Headers["X-Cycles-Trace-Id"]);
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("0AF7651916CD43DD8448EB211C80319C")]
    [InlineData("short")]
    public async Task A_malformed_trace_id_is_replaced(string traceId)
    {
        var answer = await server.Api.GetAsync("/v1/reservations/x", string.Empty, ("X-Cycles-Trace-Id", traceId));

        Assert.NotEqual(traceId, answer.Headers["X-Cycles-Trace-Id"]);
    }

    [Fact]
    public async Task A_request_id_is_kept_when_it_is_a_plain_token()
    {
        Assert.Equal("abc-1.2_3", (await server.Api.GetAsync("/health/live", string.Empty, ("X-Request-Id", "abc-1.2_3"))).Headers["X-Request-Id"]);
        Assert.NotEqual("a b", (await server.Api.GetAsync("/health/live", string.Empty, ("X-Request-Id", "a b"))).Headers["X-Request-Id"]);
    }
}
