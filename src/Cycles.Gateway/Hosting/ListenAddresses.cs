using Cycles.Silo;

namespace Cycles.Gateway.Hosting;

/// <summary>Where the gateway listens.</summary>
internal static class ListenAddresses
{
    /// <summary>Checks what is configured as <c>urls</c> before anything is started that would have to be stopped again.</summary>
    /// <exception cref="StartUpException">One of them is no address, or none for plain HTTP.</exception>
    public static void Check(IConfiguration configuration)
    {
        var urls = configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
        {
            throw Wrong(string.Empty);
        }

        foreach (var url in urls)
        {
            if (Parse(url) is not { } address || !(address.IsUnixPipe || IsHostAndPort(address)))
            {
                throw Wrong(url);
            }

            if (address.Scheme != Uri.UriSchemeHttp)
            {
                throw new StartUpException($"--urls: {url} is not http: the gateway leaves TLS to a proxy in front of it");
            }
        }
    }

    /// <summary>Whether Kestrel would take it as it is meant: what it does not know as a host it takes for "all addresses".</summary>
    private static bool IsHostAndPort(BindingAddress address) =>
        (address.Host is "*" or "+" || Uri.CheckHostName(address.Host) != UriHostNameType.Unknown) && address.Port is >= 0 and <= 65535 && address.PathBase.Length == 0;

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static StartUpException Wrong(string url) =>
        new($"--urls (ASPNETCORE_URLS) is '{url}' and must be addresses such as http://127.0.0.1:7878, with a port of 0 to 65535, between semicolons");
}
