using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Protocol;

namespace Cycles.Http.Tests.Server;

/// <summary>Calls the server, and checks every answer: its schema, its headers, and the ledger invariant of every balance in it.</summary>
internal sealed class Api(Uri address) : IDisposable
{
    public Uri Address => address;

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public Task<Answer> PostAsync(string path, string key, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, key, body, headers);

    public Task<Answer> GetAsync(string path, string key, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, key, null, headers);

    /// <param name="method">The verb.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="key">The admin key, an API key, or empty for none.</param>
    /// <param name="body">The body, as JSON unless a header says otherwise.</param>
    /// <param name="headers">Further headers.</param>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string key, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key.Length > 0)
        {
            request.Headers.Add(key == ServerProcess.AdminKey ? "X-Admin-API-Key" : "X-Cycles-API-Key", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        // A body that is refused unread must not be sent: the server would close the connection on it.
        request.Headers.ExpectContinue = body?.Length > 100_000;
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = value.Length > 0 ? MediaTypeHeaderValue.Parse(value) : null;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var answered = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        var answer = new Answer(response.StatusCode, JsonNode.Parse(text)!, answered);
        await CheckAsync(method.Method, path.Split('?')[0], answer, text);
        return answer;
    }

    public void Dispose() => _http.Dispose();

    private static async Task CheckAsync(string method, string path, Answer answer, string text)
    {
        var where = $"{method} {path} → {(int)answer.Status} {text}";
        Assert.True(answer.Headers.ContainsKey("X-Request-Id"), $"no X-Request-Id: {where}");
        Assert.Matches("^[0-9a-f]{32}$", answer.Headers["X-Cycles-Trace-Id"]);
        Assert.NotEqual(500, (int)answer.Status);
        if ((int)answer.Status >= 400)
        {
            Assert.Equal(answer.Headers["X-Request-Id"], answer.Text("request_id"));
            Assert.Equal(answer.Headers["X-Cycles-Trace-Id"], answer.Text("trace_id"));
            Assert.DoesNotContain("   at ", answer.Text("message"));
        }

        if (path.StartsWith("/v1/", StringComparison.Ordinal) && ProtocolSchemas.Instance is { } schemas)
        {
            var problem = await schemas.CheckAsync(method, path, (int)answer.Status, text);
            Assert.True(problem.Length == 0, $"{problem}: {where}");
        }

        foreach (var balance in answer.Body["balances"] as JsonArray ?? [])
        {
            long Of(string name) => (long)balance![name]!["amount"]!;
            Assert.True(
                (Int128)Of("allocated") - Of("spent") - Of("reserved") - Of("debt") == Of("remaining"), $"ledger invariant: {where}");
        }
    }
}
