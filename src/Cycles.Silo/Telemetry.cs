using System.Globalization;
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

    /// <summary>Checks the standard variables, of which the exporter would ignore or only log what it cannot read.</summary>
    /// <exception cref="StartUpException">One of them cannot work.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var name in Endpoints)
        {
            if (configuration[name] is { Length: > 0 } text
                && !(Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)))
            {
                throw new StartUpException($"{name} is '{text}' and must be an address such as http://127.0.0.1:4317");
            }
        }

        foreach (var name in new[] { "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL" })
        {
            if (configuration[name] is { Length: > 0 } text and not ("grpc" or "http/protobuf"))
            {
                throw new StartUpException($"{name} is '{text}' and must be one of grpc, http/protobuf");
            }
        }

        foreach (var name in new[] { "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY" })
        {
            if (configuration[name] is { Length: > 0 } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
            {
                throw new StartUpException($"{name} is '{text}' and must be a whole number of milliseconds above 0");
            }
        }
    }

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
