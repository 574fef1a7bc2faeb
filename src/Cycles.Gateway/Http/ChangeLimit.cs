using System.Threading.RateLimiting;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>
/// Limits what a tenant's own keys may change through the admin plane: each change, and each refused one, leaves an entry in the audit log, which
/// is kept for more than a year. The admin is not limited.
/// </summary>
internal sealed class ChangeLimit(GatewayOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _tenants = PartitionedRateLimiter.Create<string, string>(
        tenantId => RateLimitPartition.GetFixedWindowLimiter(
            tenantId, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.ChangesPerMinute, Window = Window, QueueLimit = 0 }));

    /// <summary>Counts a change of a tenant's key.</summary>
    /// <returns>Why it comes too soon; null when it does not.</returns>
    public Problem? Take(string tenantId)
    {
        using var lease = _tenants.AttemptAcquire(tenantId);
        if (lease.IsAcquired)
        {
            return null;
        }

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var left) ? left : Window;
        var waitMs = Math.Max((long)wait.TotalMilliseconds, 1);
        return new Problem(
            ErrorCode.LimitExceeded,
            $"The API keys of tenant {tenantId} may change {options.ChangesPerMinute} things a minute",
            Throttling: new Throttling(waitMs, time.GetUtcNow().ToUnixTimeMilliseconds() + waitMs));
    }

    public void Dispose() => _tenants.Dispose();
}
