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
            return Fail("DataPath must name a folder; it has a default only where the user has a home folder");
        }

        if (!Enum.IsDefined(options.Silo))
        {
            return Fail("Silo must be one of Embedded, External");
        }

        if (options.SiloPort is < 0 or > 65535)
        {
            return Fail("SiloPort must be 0 to 65535");
        }

        if (options.GatewayPort is < 0 or > 65535)
        {
            return Fail("GatewayPort must be 0 to 65535");
        }

        if (!IPAddress.TryParse(options.AdvertisedAddress, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return Fail($"AdvertisedAddress '{options.AdvertisedAddress}' must be an IP address at which others reach this machine");
        }

        if (options.Tls.IsIncomplete)
        {
            return Fail("Tls needs CertificatePath, KeyPath and CaPath, or none of them");
        }

        return string.IsNullOrWhiteSpace(options.ClusterId) ? Fail("ClusterId must not be empty") : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string problem) => ValidateOptionsResult.Fail($"{CyclesOptions.Section}:{problem}");
}
