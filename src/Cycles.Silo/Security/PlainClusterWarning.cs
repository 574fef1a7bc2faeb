using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Security;

/// <summary>Says once, at start, that Orleans' connections are not encrypted.</summary>
internal sealed partial class PlainClusterWarning(ILogger<PlainClusterWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogPlain();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        EventId = 1901,
        Level = LogLevel.Warning,
        Message = "Orleans' connections are not encrypted: who can read or change the traffic between silos and gateways acts for them; set Cycles:Tls")]
    private partial void LogPlain();
}
