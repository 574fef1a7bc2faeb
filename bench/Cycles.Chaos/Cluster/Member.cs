using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cycles.Chaos.Cluster;

/// <summary>A process of the cluster that can be ended, stopped and started again on the same ports.</summary>
/// <param name="name">What the report calls it.</param>
/// <param name="program">The program.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="environment">Its environment, beside the run's own.</param>
/// <param name="readyWhen">It serves once it prints a line with this.</param>
/// <param name="logs">Where what it prints is kept; null keeps the last lines only.</param>
internal sealed class Member(
    string name, string program, string[] arguments, IReadOnlyDictionary<string, string> environment, string readyWhen, string? logs) : IDisposable
{
    private const int KeptLines = 60;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    private readonly ConcurrentQueue<string> _lines = [];
    private Process? _process;
    private int _printed;

    public string Name => name;

    public bool HasEnded => _process is not { HasExited: false };

    /// <summary>How many lines it has printed in all its lives: a fault should not fill a disk.</summary>
    public int Printed => _printed;

    /// <summary>The last lines that it printed.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _process?.Dispose();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data, ready);
        _process.ErrorDataReceived += (_, line) => Read(line.Data, ready);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Task.WhenAny(ready.Task, _process.WaitForExitAsync(cancellation), Task.Delay(StartPatience, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (!ready.Task.IsCompleted)
        {
            throw new ChaosException($"{name} does not start. It said:{Environment.NewLine}{Output}");
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>How long it took to end, and the exit code.</returns>
    public async Task<(TimeSpan Took, int ExitCode)> TerminateAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        Signal("TERM");
        try
        {
            await _process!.WaitForExitAsync(cancellation).WaitAsync(patience, cancellation);
        }
        catch (TimeoutException)
        {
            Kill();
        }

        return (Stopwatch.GetElapsedTime(started), _process!.ExitCode);
    }

    /// <summary>SIGSTOP.</summary>
    public void Stop() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Continue() => Signal("CONT");

    /// <summary>Waits a while for its end.</summary>
    /// <returns>Whether it has ended.</returns>
    public async Task<bool> EndsWithinAsync(TimeSpan patience, CancellationToken cancellation)
    {
        await Task.WhenAny(_process!.WaitForExitAsync(cancellation), Task.Delay(patience, cancellation));
        return HasEnded;
    }

    public void Dispose()
    {
        if (!HasEnded)
        {
            Kill();
        }

        _process?.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    private void Read(string? line, TaskCompletionSource ready)
    {
        if (line is null)
        {
            return;
        }

        Interlocked.Increment(ref _printed);
        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }

        if (logs is not null)
        {
            lock (_lines)
            {
                File.AppendAllText(Path.Combine(logs, $"{name}.log"), $"{DateTime.UtcNow:HH:mm:ss.fff} {line}{Environment.NewLine}");
            }
        }

        if (line.Contains(readyWhen, StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }
}
