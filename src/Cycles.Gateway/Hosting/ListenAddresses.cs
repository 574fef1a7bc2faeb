namespace Cycles.Gateway.Hosting;

/// <summary>Where the gateway listens.</summary>
internal static class ListenAddresses
{
    /// <summary>Checks what is configured as <c>urls</c> before anything is started that would have to be stopped again.</summary>
    /// <exception cref="FormatException">One of them is no address.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var url in configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            BindingAddress.Parse(url);
        }
    }
}
