using System.Globalization;

namespace Cycles.Bench.Processes;

/// <summary>Processor time of the whole machine (/proc/stat): what is not the bench's own is somebody else's, and disturbs a row.</summary>
internal readonly record struct MachineClock(TimeSpan Busy, TimeSpan All)
{
    /// <summary>The kernel reports in hundredths of a second.</summary>
    private const double TicksPerSecond = 100;

    private const int Idle = 3;
    private const int WaitingForDisk = 4;

    /// <summary>User, nice, system, idle, iowait, irq, softirq, steal; the guests behind are part of user and nice.</summary>
    private const int Columns = 8;

    public static MachineClock Now()
    {
        var line = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = line.Skip(1).Take(Columns).Select(column => double.Parse(column, CultureInfo.InvariantCulture)).ToArray();
        var all = ticks.Sum();
        return new MachineClock(ToTime(all - ticks[Idle] - ticks[WaitingForDisk]), ToTime(all));
    }

    /// <summary>The part of the machine, 0 to 1, that was busy since with something other than <paramref name="own"/>.</summary>
    public double OthersShareSince(MachineClock start, TimeSpan own) =>
        Math.Clamp((Busy - start.Busy - own) / (All - start.All), 0, 1);

    private static TimeSpan ToTime(double ticks) => TimeSpan.FromSeconds(ticks / TicksPerSecond);
}
