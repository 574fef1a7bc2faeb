using System.Threading.RateLimiting;
using Cycles.Grains.Audit;

namespace Cycles.Gateway.Audit;

/// <summary>
/// Hands refusals to the audit log. Those of nobody are limited: whoever hammers a server without a key must not fill its store; what is
/// beyond the limit is counted in <c>cycles.gateway.audit.dropped</c>.
/// </summary>
internal sealed partial class AuditJournal(IGrainFactory grains, GatewayOptions options, ILogger<AuditJournal> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FixedWindowRateLimiter _unauthenticated = new(new FixedWindowRateLimiterOptions
    {
        PermitLimit = options.UnauthenticatedAuditPerMinute,
        Window = TimeSpan.FromMinutes(1),
        QueueLimit = 0,
    });

    public async ValueTask RecordAsync(Origin origin, AuditFailure failure)
    {
        if (origin.Actor == ActorType.Unauthenticated)
        {
            using var lease = _unauthenticated.AttemptAcquire();
            if (!lease.IsAcquired)
            {
                Telemetry.AuditDropped("limit");
                return;
            }
        }

        try
        {
            await grains.GetGrain<IAuditJournalGrain>(0).RecordFailure(origin, failure).AsTask().WaitAsync(Patience);
        }
        catch (Exception exception)
        {
            // The request was refused for a reason of its own, and is answered with that.
            Telemetry.AuditDropped("failure");
            LogNotRecorded(logger, origin.Operation, origin.RequestId, exception);
        }
    }

    public void Dispose() => _unauthenticated.Dispose();

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "The refusal of {Operation} ({RequestId}) is not in the audit log")]
    private static partial void LogNotRecorded(ILogger logger, string operation, string? requestId, Exception exception);
}
