using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Bench.Load;

namespace Cycles.Bench.Provisioning;

/// <summary>What tenants ask of the server one after the other, and how long each answer takes.</summary>
internal sealed class TenantClient(Uri address, int scopes) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = Patience };

    /// <summary>A reserve with a new idempotency key; anything but 200 is a <see cref="BenchException"/>.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="timeToLive">Of the reservation; a minute when absent.</param>
    public async Task<TimeSpan> ReserveAsync(BenchTenant tenant, CancellationToken cancellation, TimeSpan? timeToLive = null)
    {
        var body = LoadPlan.Reserve(tenant, scopes, timeToLive);
        body["idempotency_key"] = Guid.NewGuid().ToString();
        var (_, took) = await SendAsync(tenant, HttpMethod.Post, "/v1/reservations", body, cancellation);
        return took;
    }

    /// <summary>A page of the tenant's reservations.</summary>
    public async Task<(JsonElement Answer, TimeSpan Took)> PageAsync(BenchTenant tenant, string parameters, CancellationToken cancellation)
    {
        var (body, took) = await SendAsync(tenant, HttpMethod.Get, $"/v1/reservations?{parameters}", null, cancellation);
        return (JsonSerializer.Deserialize<JsonElement>(body), took);
    }

    public void Dispose() => _http.Dispose();

    private async Task<(byte[] Body, TimeSpan Took)> SendAsync(
        BenchTenant tenant, HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
            Headers = { { "X-Cycles-API-Key", tenant.KeySecret } },
        };
        var started = Stopwatch.GetTimestamp();
        using var answer = await _http.SendAsync(request, cancellation);
        var content = await answer.Content.ReadAsByteArrayAsync(cancellation);
        var took = Stopwatch.GetElapsedTime(started);
        return answer.IsSuccessStatusCode
            ? (content, took)
            : throw new BenchException($"{path} answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(content)}");
    }
}
