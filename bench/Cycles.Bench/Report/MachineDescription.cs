using System.Runtime.InteropServices;

namespace Cycles.Bench.Report;

/// <summary>What the figures were taken on; without it they mean nothing.</summary>
internal static class MachineDescription
{
    private const string CpuInfo = "/proc/cpuinfo";

    public static string Text =>
        $"{DateTimeOffset.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores ({Processor}) shared by clients, server and store, "
        + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    private static string Processor =>
        File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim() ?? "unknown"
            : "unknown";
}
