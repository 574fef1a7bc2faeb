using Cycles.Gateway.Http;
using Cycles.Protocol.Json;

namespace Cycles.Gateway.Health;

/// <summary>
/// POST /v1/x-cycles/noop: takes the body of a reserve through the same server, the same parser and the same writer, and does nothing.
/// What it reaches is the ceiling that the real operations are measured against. Off unless configured.
/// </summary>
internal static class NoOpEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/x-cycles/noop", (RequestDelegate)(async http =>
    {
        try
        {
            await RequestBody.ReadAsync(http, ProtocolJson.Default.ReservationCreateRequest);
            await ResponseWriter.WriteAsync(http, StatusCodes.Status200OK, new HealthResponse("UP"), HealthJson.Default.HealthResponse);
        }
        catch (ProblemException exception)
        {
            await ResponseWriter.WriteAsync(http, exception.Problem, exception.Status);
        }
    }));
}
