using System.Net;
using Microsoft.Extensions.Options;

namespace Cycles.Silo.Configuration;

/// <summary>What of <see cref="CyclesOptions"/> cannot work.</summary>
public sealed class CyclesOptionsValidator : IValidateOptions<CyclesOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CyclesOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataPath))
        {
            return Fail("DataPath must name a folder");
        }

        if (options.SiloPort is < 0 or > 65535 || options.GatewayPort is < 0 or > 65535)
        {
            return Fail("SiloPort and GatewayPort must be 0 to 65535");
        }

        if (!IPAddress.TryParse(options.AdvertisedAddress, out _))
        {
            return Fail($"AdvertisedAddress '{options.AdvertisedAddress}' must be an IP address");
        }

        if (options.Tls.IsIncomplete)
        {
            return Fail("Tls needs CertificatePath, KeyPath and CaPath, or none of them");
        }

        return string.IsNullOrWhiteSpace(options.ClusterId) ? Fail("ClusterId must not be empty") : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string problem) => ValidateOptionsResult.Fail($"{CyclesOptions.Section}:{problem}");
}
