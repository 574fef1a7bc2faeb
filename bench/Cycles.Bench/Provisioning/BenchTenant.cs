namespace Cycles.Bench.Provisioning;

/// <summary>A tenant that is ready for load.</summary>
internal sealed record BenchTenant(string Id, string KeySecret);
