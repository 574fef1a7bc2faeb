using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cycles.Grains;

/// <summary>The traces and metrics of the grains and their store.</summary>
public static class Telemetry
{
    /// <summary>The name of both sources.</summary>
    public const string Name = "Cycles.Grains";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<int> BatchSize =
        Meter.CreateHistogram<int>("cycles.ledger.batch.size", "{transaction}", "Transactions of one group commit.");

    internal static readonly Histogram<double> BatchDuration =
        Meter.CreateHistogram<double>("cycles.ledger.batch.duration", "ms", "From sending a batch to its durability.");

    internal static readonly Counter<long> Conflicts =
        Meter.CreateCounter<long>("cycles.ledger.conflicts", "{transaction}", "Transactions refused because a participant had to reload.");

    internal static readonly Counter<long> Reservations =
        Meter.CreateCounter<long>("cycles.reservations", "{reservation}", "Reservations by how they ended.");

    internal static readonly Counter<long> Rollovers =
        Meter.CreateCounter<long>("cycles.budgets.rollovers", "{rollover}", "Budgets whose period ended, by rollover policy.");

    internal static readonly Histogram<double> IndexCatchUp =
        Meter.CreateHistogram<double>("cycles.index.catch_up.duration", "ms", "Until an index over all tenants has read what changed.");

    internal static readonly UpDownCounter<int> StoreBroken =
        Meter.CreateUpDownCounter<int>("cycles.store.broken", "{store}", "1 while the store cannot make changes durable, else 0.");

    private static readonly Counter<long> Denials =
        Meter.CreateCounter<long>("cycles.denials", "{request}", "Reservations denied, by reason.");

    private static readonly Counter<long> Throttlings =
        Meter.CreateCounter<long>("cycles.throttled", "{request}", "Requests that a policy's rate limit refused, by what it limits.");

    private static readonly Counter<long> QuotaRefusals =
        Meter.CreateCounter<long>("cycles.quota.refusals", "{request}", "Requests that a tenant's quota refused, by quota.");

    private static readonly Counter<long> FailedWork =
        Meter.CreateCounter<long>("cycles.reminders.failures", "{run}", "Work of a reminder that failed and is tried again by the next, by kind.");

    /// <summary>Counts a request that a quota refused.</summary>
    internal static void QuotaRefused(string quota) => QuotaRefusals.Add(1, new KeyValuePair<string, object?>("quota", quota));

    /// <summary>Counts work of a reminder that failed.</summary>
    internal static void ReminderFailed(string work) => FailedWork.Add(1, new KeyValuePair<string, object?>("work", work));

    /// <summary>Counts a request that a rate limit refused.</summary>
    internal static void Throttled(Enum kind) => Throttlings.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Counts a reserve that a budget refused.</summary>
    internal static void Denied(Enum refusal) => Denials.Add(1, new KeyValuePair<string, object?>("reason", refusal));
}
