using System.Threading.RateLimiting;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Audit;

namespace Cycles.Gateway.Audit;

/// <summary>
/// Passes refusals on to the audit log. Those of callers without a valid key are limited, and so are the denials of each API key: neither a caller that hammers the server
/// without a key, nor an agent in a loop with a key that is not allowed, may fill the store. What is beyond a limit is counted in
/// <c>cycles.gateway.audit.dropped</c>.
/// </summary>
internal sealed partial class AuditJournal(IGrainFactory grains, GatewayOptions options, ILogger<AuditJournal> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FixedWindowRateLimiter _unauthenticated = new(PerMinute(options.UnauthenticatedAuditPerMinute));
    private readonly PartitionedRateLimiter<string> _denials = PartitionedRateLimiter.Create<string, string>(
        keyId => RateLimitPartition.GetFixedWindowLimiter(keyId, _ => PerMinute(options.DeniedAuditPerMinute)));

    /// <summary>Records a refusal.</summary>
    /// <param name="origin">Who asked.</param>
    /// <param name="failure">What was refused.</param>
    /// <param name="isDenial">Whether the caller may not, as opposed to what it asked for being wrong.</param>
    public async ValueTask RecordAsync(Origin origin, AuditFailure failure, bool isDenial)
    {
        if (!MayRecord(origin, isDenial))
        {
            Telemetry.AuditDropped("limit");
            return;
        }

        try
        {
            await WriteAsync(origin, failure).WaitAsync(Patience);
        }
        catch (Exception exception)
        {
            // The request was refused for a reason of its own, and is answered with that.
            Telemetry.AuditDropped("failure");
            LogNotRecorded(logger, origin.Operation, origin.RequestId, exception);
        }
    }

    public void Dispose()
    {
        _unauthenticated.Dispose();
        _denials.Dispose();
    }

    private async Task WriteAsync(Origin origin, AuditFailure failure)
    {
        // The admin can name a tenant that does not exist. No tenant owns such an entry, and one that gets the name later does not own it either.
        if (origin.Actor is ActorType.Admin or ActorType.AdminOnBehalfOf
            && failure.TenantId != AuditLogEntry.AdminTenant
            && !await ExistsAsync(failure.TenantId))
        {
            failure = failure with { TenantId = AuditLogEntry.AdminTenant };
        }

        await grains.GetGrain<IAuditJournalGrain>(0).RecordFailure(origin, failure);
    }

    private async Task<bool> ExistsAsync(string tenantId)
    {
        try
        {
            return await grains.Get<ITenantAdminGrain>(tenantId).Get().AsTask().WaitAsync(Patience / 2) is not null;
        }
        catch (Exception)
        {
            // What the request failed of may be just that. The line is written all the same, under the name that was given.
            return true;
        }
    }

    private static FixedWindowRateLimiterOptions PerMinute(int limit) =>
        new() { PermitLimit = limit, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 };

    private bool MayRecord(Origin origin, bool isDenial)
    {
        if (origin.Actor == ActorType.Unauthenticated)
        {
            using var lease = _unauthenticated.AttemptAcquire();
            return lease.IsAcquired;
        }

        if (isDenial && origin.KeyId is { } keyId)
        {
            using var lease = _denials.AttemptAcquire(keyId);
            return lease.IsAcquired;
        }

        return true;
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "The refusal of {Operation} ({RequestId}) is not in the audit log")]
    private static partial void LogNotRecorded(ILogger logger, string operation, string? requestId, Exception exception);
}
