using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cycles.Bench.Processes;

/// <summary>A process that the bench started: what it prints, what it costs, and its end, by its id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _awaitedLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _awaitedText;
    private bool _isDisposed;

    private ChildProcess(ProcessStartInfo start, string? awaitedText)
    {
        _awaitedText = awaitedText;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Processor time in user and kernel mode since the start (/proc/PID/stat).</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in bytes (/proc/PID/stat).</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The last lines that it printed.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    /// <summary>Starts a program; <paramref name="awaitedText"/> is what <see cref="AwaitedLineAsync"/> waits for in its output.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? awaitedText = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(start, awaitedText);
    }

    /// <summary>Waits for the awaited line; an early end or silence until the deadline is a <see cref="BenchException"/> with the output.</summary>
    public async Task<string> AwaitedLineAsync(TimeSpan deadline, CancellationToken cancellation)
    {
        var ended = _process.WaitForExitAsync(cancellation);
        await Task.WhenAny(_awaitedLine.Task, ended, Task.Delay(deadline, cancellation));
        cancellation.ThrowIfCancellationRequested();

        // Its last line and its end may come at once.
        return _awaitedLine.Task.IsCompleted
            ? await _awaitedLine.Task
            : throw new BenchException($"{_process.StartInfo.FileName} did not say '{_awaitedText}'. It said:{Environment.NewLine}{Output}");
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            kill.WaitForExit();
        }
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }

        if (_awaitedText is not null && line.Contains(_awaitedText, StringComparison.Ordinal))
        {
            _awaitedLine.TrySetResult(line);
        }
    }
}
