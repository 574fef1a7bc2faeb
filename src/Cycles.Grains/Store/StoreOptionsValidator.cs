using Cycles.Grains.Runs;
using Microsoft.Extensions.Options;

namespace Cycles.Grains.Store;

/// <summary>What of <see cref="StoreOptions"/> cannot work.</summary>
public sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        if (options.MaxBatch is < 1 or > 10_000)
        {
            return Fail("MaxBatch must be 1 to 10000");
        }

        if (options.MaxQueued is < 1 or > 1_000_000)
        {
            return Fail("MaxQueued must be 1 to 1000000");
        }

        if (options.HistoryBatch is < 16 or > HistoryFormat.BatchRows)
        {
            return Fail($"HistoryBatch must be 16 to {HistoryFormat.BatchRows}");
        }

        if (options.MaxBatchBytes is < 64 * 1024 or > 64 * 1024 * 1024)
        {
            return Fail("MaxBatchBytes must be 65536 to 67108864");
        }

        if (options.MaxQueuedBytes is < 0 or (> 0 and < 1024 * 1024))
        {
            return Fail("MaxQueuedBytes must be at least 1048576, or 0 for a share of the memory");
        }

        if (options.WaitForReplicas is < 0 or > 16)
        {
            return Fail("WaitForReplicas must be 0 to 16");
        }

        if (options.Timeout < TimeSpan.FromMilliseconds(100) || options.Timeout > TimeSpan.FromMinutes(1))
        {
            return Fail("Timeout must be 00:00:00.1 to 00:01:00");
        }

        if (options.StartPatience < TimeSpan.Zero || options.StartPatience > TimeSpan.FromMinutes(10))
        {
            return Fail("StartPatience must be 00:00:00 to 00:10:00");
        }

        if (options.Retention < TimeSpan.FromDays(1))
        {
            return Fail("Retention must be at least 1.00:00:00: a reservation's record is its idempotency record");
        }

        if (options.AuditRetention < TimeSpan.FromDays(1) || options.UnauthenticatedAuditRetention < TimeSpan.FromDays(1))
        {
            return Fail("AuditRetention and UnauthenticatedAuditRetention must be at least 1.00:00:00");
        }

        if (options.MaxPolicies is < 1 or > 100_000)
        {
            return Fail("MaxPolicies must be 1 to 100000");
        }

        if (options.MaxOutstanding is < 0 or > 1_000_000_000)
        {
            return Fail("MaxOutstanding must be 0 to 1000000000; 0 is no limit");
        }

        if (options.MaxBytesPerDay is < 0 or (> 0 and < 1_000_000))
        {
            return Fail("MaxBytesPerDay must be at least 1000000, or 0 for no limit");
        }

        if (options.MaxBudgets is < 1 or > 10_000_000)
        {
            return Fail("MaxBudgets must be 1 to 10000000");
        }

        return options.ReplayRetention < TimeSpan.FromHours(24)
            ? Fail("ReplayRetention must be at least 1.00:00:00")
            : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string problem) => ValidateOptionsResult.Fail($"{StoreOptions.Section}:{problem}");
}
