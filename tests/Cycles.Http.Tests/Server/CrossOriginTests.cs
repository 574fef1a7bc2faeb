using System.Net;

namespace Cycles.Http.Tests.Server;

/// <summary>What a browser is told of pages that come from elsewhere (CORS).</summary>
public sealed class CrossOriginTests(ServerFixture server)
{
    private const string Dashboard = "https://dashboard.example";

    [Fact]
    public async Task A_dashboard_of_a_named_origin_may_call_the_admin_plane_and_read_its_headers()
    {
        var data = Directory.CreateTempSubdirectory("cycles-cors-");
        try
        {
            using var process = await ServerProcess.StartAsync(data.FullName, ("Cycles__CorsOrigins", $"http://localhost:5173, {Dashboard}"));
            using var http = new HttpClient { BaseAddress = process.Address };

            foreach (var verb in new[] { "GET", "POST", "PUT", "PATCH", "DELETE" })
            {
                using var preflight = await SendAsync(
                    http,
                    HttpMethod.Options,
                    Dashboard,
                    ("Access-Control-Request-Method", verb),
                    ("Access-Control-Request-Headers", "content-type,x-admin-api-key,x-cycles-api-key,x-request-id,x-cycles-trace-id,traceparent"));
                Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
                Assert.Equal(Dashboard, Header(preflight, "Access-Control-Allow-Origin"));
                Assert.Contains(verb, Header(preflight, "Access-Control-Allow-Methods"));
                Assert.Contains("x-admin-api-key", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
            }

            // Refusals too: a page that may not read a 401 cannot ask for another key.
            foreach (var (key, status) in new[] { (ServerProcess.AdminKey, HttpStatusCode.OK), ("wrong", HttpStatusCode.Unauthorized) })
            {
                using var answer = await SendAsync(http, HttpMethod.Get, Dashboard, ("X-Admin-API-Key", key));
                Assert.Equal(status, answer.StatusCode);
                Assert.Equal(Dashboard, Header(answer, "Access-Control-Allow-Origin"));
                foreach (var name in new[] { "X-Request-Id", "X-Cycles-Trace-Id", "X-Cycles-Cascade-Status", "Retry-After" })
                {
                    Assert.Contains(name, Header(answer, "Access-Control-Expose-Headers"));
                }
            }

            using var elsewhere = await SendAsync(http, HttpMethod.Get, "https://elsewhere.example", ("X-Admin-API-Key", ServerProcess.AdminKey));
            Assert.Empty(Header(elsewhere, "Access-Control-Allow-Origin"));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_a_named_origin_no_other_page_may()
    {
        using var http = new HttpClient { BaseAddress = server.Api.Address };

        using var preflight = await SendAsync(http, HttpMethod.Options, Dashboard, ("Access-Control-Request-Method", "GET"));
        using var answer = await SendAsync(http, HttpMethod.Get, Dashboard, ("X-Admin-API-Key", ServerProcess.AdminKey));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(Header(answer, "Access-Control-Allow-Origin"));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpMethod method, string origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/v1/admin/tenants");
        request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : string.Empty;
}
