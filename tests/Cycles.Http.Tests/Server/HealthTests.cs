using System.Net;

namespace Cycles.Http.Tests.Server;

public sealed class HealthTests(ServerFixture server)
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/actuator/health")]
    [InlineData("/actuator/health/readiness")]
    [InlineData("/actuator/health/liveness")]
    public async Task Health_says_UP_and_answers_HEAD_as_GET(string path)
    {
        Assert.Equal("UP", (await server.Api.GetAsync(path, string.Empty)).Expect(HttpStatusCode.OK).Text("status"));

        using var http = new HttpClient { BaseAddress = server.Api.Address };
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }
}
