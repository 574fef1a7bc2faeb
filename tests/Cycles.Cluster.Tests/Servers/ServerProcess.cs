using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>A server in a process of its own, which can be killed as a crash would kill it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int MostLines = 100;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start, string readyWhen)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, data) => Read(data.Data, readyWhen);
        _process.ErrorDataReceived += (_, data) => Read(data.Data, readyWhen);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("the process ended before it was ready"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>The last lines that it wrote.</summary>
    public string Log => string.Join('\n', _lines);

    public bool HasExited => _process.HasExited;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>With a history that grows after a few reservations, so that whatever happens to a server happens in the middle of that, too.</summary>
    public static Dictionary<string, string> WithSmallHistory(IReadOnlyDictionary<string, string> environment) =>
        environment.Append(new("Cycles__Store__HistoryBatch", "16")).DistinctBy(pair => pair.Key).ToDictionary();

    /// <summary>Starts it; it is ready once it writes a line that contains <paramref name="readyWhen"/>.</summary>
    public static ServerProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string readyWhen)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(start, readyWhen);
    }

    /// <summary>The line that says that it is ready.</summary>
    public async Task<string> WaitUntilReadyAsync(TimeSpan patience)
    {
        try
        {
            return await _ready.Task.WaitAsync(patience);
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"the server does not start:\n{Log}", exception);
        }
    }

    /// <summary>SIGKILL: the process ends between two instructions.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM: it is asked to end.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan patience)
    {
        using var giveUp = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(giveUp.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"the server has not ended within {patience}:\n{Log}");
        }
    }

    /// <summary>SIGSTOP: it stands still, keeps its connections, and knows nothing of what happens meanwhile.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>SIGCONT: it goes on where it stood.</summary>
    public void Resume() => Signal("CONT");

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (!_process.HasExited)
        {
            Kill();
        }

        // The task is observed, whether or not anyone waited for it.
        _ = _ready.Task.Exception;
        _process.Dispose();
    }

    private void Read(string? line, string readyWhen)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (_lines.Count > MostLines)
        {
            _lines.TryDequeue(out _);
        }

        if (line.Contains(readyWhen, StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private void OnExit(object? sender, EventArgs e) => _process.Kill();
}
