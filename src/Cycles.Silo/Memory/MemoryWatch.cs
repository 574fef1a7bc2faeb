using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Memory;

/// <summary>
/// Looks four times a second how full the heap is, so that admission slows before it is. It ends the process when the heap stays full: a process
/// that only collects garbage answers nobody, and a supervisor cannot tell that from a slow one.
/// </summary>
public sealed partial class MemoryWatch : IDisposable
{
    private const double HighShare = 0.80;
    private const double FullShare = 0.92;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CollectEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ILogger<MemoryWatch> _logger;
    private readonly ManualResetEventSlim _stop = new();
    private long _lastCollection;
    private long _fullSince;
    private volatile int _load;

    /// <summary>Begins to look, on a thread of its own: the pool's threads may all be waiting for memory.</summary>
    public MemoryWatch(ILogger<MemoryWatch> logger)
    {
        _logger = logger;
        new Thread(Run) { IsBackground = true, Name = nameof(MemoryWatch) }.Start();
    }

    /// <summary>How full the heap is.</summary>
    public MemoryLoad Load => (MemoryLoad)_load;

    /// <inheritdoc/>
    public void Dispose() => _stop.Set();

    private void Run()
    {
        while (!_stop.Wait(LookEvery))
        {
            Look();
        }
    }

    private void Look()
    {
        var load = Measure();
        if (load != MemoryLoad.Low && Stopwatch.GetElapsedTime(_lastCollection) > CollectEvery)
        {
            // What was measured is as of the last collection. When everything is refused nothing allocates, and there would not be another.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            _lastCollection = Stopwatch.GetTimestamp();
            load = Measure();
        }

        if (load == MemoryLoad.Low != (_load == (int)MemoryLoad.Low))
        {
            LogChanged(_logger, load, MemoryPlan.Available / (1024 * 1024));
        }

        _load = (int)load;
        if (load != MemoryLoad.Full)
        {
            _fullSince = 0;
            return;
        }

        _fullSince = _fullSince == 0 ? Stopwatch.GetTimestamp() : _fullSince;
        if (Stopwatch.GetElapsedTime(_fullSince) > Patience)
        {
            OutOfMemory.End();
        }
    }

    private static MemoryLoad Measure()
    {
        var info = GC.GetGCMemoryInfo(GCKind.Any);
        return ((double)info.HeapSizeBytes / info.TotalAvailableMemoryBytes) switch
        {
            > FullShare => MemoryLoad.Full,
            > HighShare => MemoryLoad.High,
            _ => MemoryLoad.Low,
        };
    }

    [LoggerMessage(
        EventId = 1106,
        Level = LogLevel.Warning,
        Message = "Memory is {Load} ({Available} MB are available to the heap); while it is not Low, requests are answered 503")]
    private static partial void LogChanged(ILogger logger, MemoryLoad load, long available);
}
