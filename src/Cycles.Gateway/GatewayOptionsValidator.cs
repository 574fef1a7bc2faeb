using Cycles.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace Cycles.Gateway;

internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        if (options.MaxRequestBodyBytes is < 1024 or > 16 * 1024 * 1024)
        {
            return ValidateOptionsResult.Fail("Cycles:MaxRequestBodyBytes must be 1024 to 16777216");
        }

        if (options.MaxMetadataBytes is < 256 or > 1024 * 1024)
        {
            return ValidateOptionsResult.Fail("Cycles:MaxMetadataBytes must be 256 to 1048576");
        }

        if (options.MaxBytesInFlight is < 0 or (> 0 and < 1024 * 1024))
        {
            return ValidateOptionsResult.Fail("Cycles:MaxBytesInFlight must be at least 1048576, or 0 for a share of the memory");
        }

        if (options.ChangesPerMinute < 1)
        {
            return ValidateOptionsResult.Fail("Cycles:ChangesPerMinute must be at least 1");
        }

        if (options.UnauthenticatedAuditPerMinute < 1)
        {
            return ValidateOptionsResult.Fail("Cycles:UnauthenticatedAuditPerMinute must be at least 1");
        }

        if (options.DeniedAuditPerMinute < 1)
        {
            return ValidateOptionsResult.Fail("Cycles:DeniedAuditPerMinute must be at least 1");
        }

        if (options.RetryPatience < TimeSpan.Zero || options.RetryPatience > TimeSpan.FromMinutes(1))
        {
            return ValidateOptionsResult.Fail("Cycles:RetryPatience must be 00:00:00 to 00:01:00");
        }

        if (options.DrainDelay < TimeSpan.Zero || options.DrainDelay > TimeSpan.FromSeconds(5))
        {
            return ValidateOptionsResult.Fail("Cycles:DrainDelay must be 00:00:00 to 00:00:05");
        }

        if (Array.Find(CrossOrigin.Origins(options), origin => !CrossOrigin.IsOrigin(origin)) is { } wrong)
        {
            return ValidateOptionsResult.Fail($"Cycles:CorsOrigins must be origins such as https://dashboard.example, which {wrong} is not");
        }

        return options.ApiKeyCache < TimeSpan.Zero || options.ApiKeyCache > TimeSpan.FromSeconds(1)
            ? ValidateOptionsResult.Fail("Cycles:ApiKeyCache must be 00:00:00 to 00:00:01: a revoked key is refused within a second")
            : ValidateOptionsResult.Success;
    }
}
