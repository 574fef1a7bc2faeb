using System.Diagnostics.Metrics;
using Cycles.Silo.Memory;

namespace Cycles.Gateway;

/// <summary>The metrics of the gateway; its spans are ASP.NET Core's.</summary>
internal static class Telemetry
{
    public const string Name = "Cycles.Gateway";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("cycles.gateway.refusals", "{response}", "Responses with an error body, by code.");

    private static readonly Counter<long> DroppedAudits =
        Meter.CreateCounter<long>("cycles.gateway.audit.dropped", "{entry}", "Refusals that are not in the audit log, by reason.");

    private static readonly Counter<long> Repetitions =
        Meter.CreateCounter<long>("cycles.gateway.repetitions", "{attempt}", "Requests that were run again, as a silo had left or the store was away.");

    public static void Repeated() => Repetitions.Add(1);

    private static readonly Counter<long> Disconnects =
        Meter.CreateCounter<long>("cycles.gateway.disconnects", "{request}", "Requests whose client went away before the answer.");

    public static void Disconnected() => Disconnects.Add(1);

    public static void AuditDropped(string reason) => DroppedAudits.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private static readonly Counter<long> TurnedAway =
        Meter.CreateCounter<long>("cycles.gateway.turned_away", "{request}", "Requests answered 503 for want of memory, by how full it was.");

    /// <summary>Counts a request that was not let in.</summary>
    public static void Turned(MemoryLoad load) => TurnedAway.Add(1, new KeyValuePair<string, object?>("memory", load));

    public static void Refused(ErrorCode code) => Refusals.Add(1, new KeyValuePair<string, object?>("code", code));
}
