using Cycles.Silo;

namespace Cycles.Gateway.Hosting;

/// <summary>Where the gateway listens.</summary>
internal static class ListenAddresses
{
    /// <summary>Checks what is configured as <c>urls</c> before anything is started that would have to be stopped again.</summary>
    /// <exception cref="FormatException">One of them is no address.</exception>
    /// <exception cref="StartUpException">One of them is not for plain HTTP.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var url in configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (BindingAddress.Parse(url).Scheme != Uri.UriSchemeHttp)
            {
                throw new StartUpException($"{url} is not http: the gateway leaves TLS to a proxy in front of it");
            }
        }
    }
}
