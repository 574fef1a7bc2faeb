using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Cycles.Http.Tests.Server;

/// <summary>A request for which there is no room is told so before it is read.</summary>
public sealed class AdmissionTests
{
    private const int LargeBody = 200_000;

    [Fact]
    public async Task A_request_beyond_the_bytes_under_way_is_answered_503_and_served_when_there_is_room()
    {
        var data = Directory.CreateTempSubdirectory("cycles-admission-");
        using (var process = await ServerProcess.StartAsync(data.FullName, ("Cycles__MaxBytesInFlight", "1048576")))
        {
            using var api = new Api(process.Address);
            var tenant = await TestTenant.CreateAsync(api, 100);
            using var http = new HttpClient { BaseAddress = process.Address };
            var slow = new List<TcpClient>();
            try
            {
                // Five that have announced a body and do not send it leave no room. The server gives up on each of them after some seconds, so there are more and more.
                using var refused = await UntilAsync(http, HttpStatusCode.ServiceUnavailable, async () => slow.Add(await BeginAsync(process.Address, tenant.Key)));
                Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
                Assert.True(refused.Headers.Contains("X-Request-Id"));
                Assert.Equal("INTERNAL_ERROR", (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["error"]);
                using var health = await http.GetAsync("/health/ready");
                Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            }
            finally
            {
                slow.ForEach(client => client.Dispose());
            }

            using var served = await UntilAsync(http, HttpStatusCode.Unauthorized, () => Task.CompletedTask);
        }

        data.Delete(recursive: true);
    }

    private static async Task<TcpClient> BeginAsync(Uri address, string key)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/reservations HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
            + $"X-Cycles-API-Key: {key}\r\nContent-Length: {LargeBody}\r\n\r\n{{"));
        return client;
    }

    /// <summary>Asks with a body that needs some room, and no key, until the status is the wanted one; does something before each time.</summary>
    private static async Task<HttpResponseMessage> UntilAsync(HttpClient http, HttpStatusCode wanted, Func<Task> before)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            await before();
            using var body = new StringContent($@"{{""text"":""{new string('x', 60_000)}""}}", Encoding.UTF8, "application/json");
            var response = await http.PostAsync("/v1/reservations", body, patience.Token);
            if (response.StatusCode == wanted)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(100, patience.Token);
        }
    }
}
