using Cycles.Gateway.Http;

namespace Cycles.Gateway.Hosting;

/// <summary>
/// Lets the pages of named origins call this server from a browser (CORS), for a dashboard that is not served from the same origin. Without
/// any, which is the default, no other page may.
/// </summary>
internal static class CrossOrigin
{
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    /// <summary>The origins in <see cref="GatewayOptions.CorsOrigins"/>.</summary>
    public static string[] Origins(GatewayOptions options) =>
        (options.CorsOrigins ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether it is an origin as browsers send it: scheme, host and port, nothing else.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.GetLeftPart(UriPartial.Authority) == text;

    public static void AddCrossOrigin(this IServiceCollection services, GatewayOptions options)
    {
        if (Origins(options) is { Length: > 0 } origins)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins(origins)
                .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete)
                .WithHeaders(
                    "Content-Type",
                    "traceparent",
                    HeaderNames.AdminKey,
                    HeaderNames.ApiKey,
                    HeaderNames.RequestId,
                    HeaderNames.TraceId,
                    HeaderNames.IdempotencyKey)
                .WithExposedHeaders(
                    "Retry-After", HeaderNames.RequestId, HeaderNames.TraceId, HeaderNames.Tenant, HeaderNames.CascadeStatus, HeaderNames.RateLimitReset)
                .SetPreflightMaxAge(PreflightAge)));
        }
    }

    public static void UseCrossOrigin(this IApplicationBuilder app, GatewayOptions options)
    {
        if (Origins(options).Length > 0)
        {
            app.UseCors();
        }
    }
}
