using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cycles.Silo;

/// <summary>Sends traces and metrics out when the standard environment variables say where to.</summary>
public static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Endpoints = [Endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Whether anybody listens. If not, nothing is collected.</summary>
    public static bool IsWanted(IConfiguration configuration) => Endpoints.Any(name => !string.IsNullOrEmpty(configuration[name]));

    /// <summary>Adds OpenTelemetry with OTLP export; adds nothing when nobody listens.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The environment is part of it.</param>
    /// <param name="serviceName">OTEL_SERVICE_NAME overrides it.</param>
    /// <param name="sources">The names of further activity sources and meters.</param>
    public static IServiceCollection AddCyclesTelemetry(
        this IServiceCollection services, IConfiguration configuration, string serviceName, params string[] sources)
    {
        if (!IsWanted(configuration))
        {
            return services;
        }

        string[] all = [Grains.Telemetry.Name, .. sources];
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName).AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing
                .AddSource("Microsoft.Orleans.Application")
                .AddSource(all)
                .AddAspNetCoreInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter("Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddMeter(all))
            .UseOtlpExporter();
        return services;
    }
}
