using System.Text.Json.Serialization;
using Cycles.Contracts.Cluster;
using Cycles.Gateway.Hosting;
using Cycles.Gateway.Http;

namespace Cycles.Gateway.Health;

/// <summary>
/// /health/live says that the process runs; /health/ready that a request would be served. The paths under /actuator are the names by which the
/// protocol's official clients and demos wait for a server.
/// </summary>
internal sealed class HealthEndpoints(IGrainFactory grains, Drain drain)
{
    private static readonly string[] Live = ["/health/live", "/actuator/health/liveness"];
    private static readonly string[] Ready = ["/health/ready", "/actuator/health", "/actuator/health/readiness"];
    private static readonly string[] Verbs = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in Live)
        {
            routes.MapMethods(path, Verbs, (RequestDelegate)(http => WriteAsync(http, isHealthy: true)));
        }

        foreach (var path in Ready)
        {
            routes.MapMethods(path, Verbs, (RequestDelegate)(async http => await WriteAsync(http, await IsReadyAsync())));
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        if (drain.HasBegun)
        {
            return false;
        }

        try
        {
            await grains.GetGrain<IHealthGrain>(0).Check().AsTask().WaitAsync(Patience);
            return true;
        }
        catch (Exception)
        {
            // Whatever it is: no request would be served now.
            return false;
        }
    }

    private static Task WriteAsync(HttpContext http, bool isHealthy) => ResponseWriter.WriteAsync(
        http,
        isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
        new HealthResponse(isHealthy ? "UP" : "DOWN"),
        HealthJson.Default.HealthResponse).AsTask();
}

/// <summary>The body of both.</summary>
/// <param name="Status">UP or DOWN.</param>
internal sealed record HealthResponse(string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthResponse))]
internal sealed partial class HealthJson : JsonSerializerContext;
