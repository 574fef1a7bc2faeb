using Cycles.Bench.Load;
using Cycles.Bench.Memory;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Outstanding;

/// <summary>What a run of one store has shown; null where a part was not asked for.</summary>
internal sealed record OutstandingResult(StoreKind Store, ActiveResult? Active, DueResult? Due, TenantsResult? Tenants)
{
    public string? Problem => Active?.Problem ?? Due?.Problem ?? Tenants?.Problem;
}

/// <summary>A tenant with very many active reservations.</summary>
internal sealed record ActiveResult
{
    public required int Count { get; init; }

    /// <summary>Until a server on them was ready, after it was killed.</summary>
    public required TimeSpan Ready { get; init; }

    /// <summary>The tenant's first reserve then, and the first of a tenant with few.</summary>
    public required TimeSpan First { get; init; }
    public required TimeSpan FirstOfFew { get; init; }

    /// <summary>The same after the load.</summary>
    public required TimeSpan FirstAgain { get; init; }

    /// <summary>Before there were any, after the start, after the first reserve, after the load.</summary>
    public required MemoryReading Empty { get; init; }
    public required MemoryReading Started { get; init; }
    public required MemoryReading Reserved { get; init; }
    public required MemoryReading Loaded { get; init; }

    /// <summary>After another start and a reserve, and after a page.</summary>
    public required MemoryReading Unlisted { get; init; }
    public required MemoryReading Listed { get; init; }

    public required TimeSpan FirstPage { get; init; }
    public required TimeSpan SecondPage { get; init; }

    /// <summary>The most that the process had resident while the first page was read.</summary>
    public required long ListingResidentBytes { get; init; }

    public required IReadOnlyList<ActiveThroughput> Throughput { get; init; }
    public string? Problem { get; init; }
}

/// <summary>The tenant with many between two with few.</summary>
internal sealed record ActiveThroughput(string Workload, ComparedTenant Many, ComparedTenant Few, ComparedTenant FewToo)
{
    public double Slower => (Few.PerSecond + FewToo.PerSecond) / 2 / Many.PerSecond;
    public double Noise => Math.Abs(1 - (Few.PerSecond / FewToo.PerSecond));
    public double Dearer => Total(Many) / ((Total(Few) + Total(FewToo)) / 2);

    public static double Total(ComparedTenant tenant) => tenant.ServerUs + tenant.RedisUs;
}

/// <summary>Many reservations that lapse at once.</summary>
internal sealed record DueResult
{
    public required int Count { get; init; }
    public required int PerSecond { get; init; }

    /// <summary>From when the first lapsed until nothing of them was held any more.</summary>
    public required TimeSpan Swept { get; init; }

    /// <summary>Processor time of the server and of Redis meanwhile.</summary>
    public required TimeSpan Processor { get; init; }

    public required SteadyTimes Calm { get; init; }
    public required SteadyTimes Sweeping { get; init; }
    public string? Problem { get; init; }

    public double Rate => Count / Swept.TotalSeconds;
}

/// <summary>A server with very many tenants, and one with only those that are used.</summary>
internal sealed record TenantsResult(int Count, int Used, ServedTenants Only, ServedTenants Among)
{
    public string? Problem => null;
}

/// <summary>What a server with a number of tenants took.</summary>
internal sealed record ServedTenants
{
    public required TimeSpan Ready { get; init; }

    /// <summary>After the start, after each of some tenants has reserved, and after a page of the list of tenants.</summary>
    public required MemoryReading Started { get; init; }
    public required MemoryReading Used { get; init; }
    public required MemoryReading Listed { get; init; }

    /// <summary>The first reserves of these tenants.</summary>
    public required double FirstP50Ms { get; init; }
    public required double FirstP99Ms { get; init; }

    public required TimeSpan FirstPage { get; init; }
}
