using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cycles.Http.Tests.Server;

/// <summary>The gateway as its users run it: a process, with a data folder of its own.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    public const string AdminKey = "an-admin-key-for-tests";

    /// <summary>The name of a setting that is the directory in which the process is started.</summary>
    public const string WorkingDirectory = "the working directory";

    private const int MostLines = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ServerProcess(Process process, Uri address, string readyLine) => (_process, Address, ReadyLine) = (process, address, readyLine);

    public Uri Address { get; }

    /// <summary>The line that says that it serves.</summary>
    public string ReadyLine { get; }

    /// <summary>What it has said since, on both outputs.</summary>
    public IEnumerable<string> Output => _output;

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="dataPath">The folder of the embedded store.</param>
    /// <param name="settings">Further configuration; one that is empty is taken out of the environment.</param>
    public static async Task<ServerProcess> StartAsync(string dataPath, params (string Name, string Value)[] settings)
    {
        var process = Launch([("Cycles__DataPath", dataPath), ("Cycles__AdminKey", AdminKey), ("Cycles__UnauthenticatedAuditPerMinute", "100000"), .. settings]);
        var output = new List<string>();
        using var timeout = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            output.Add(line);
            if (ReadyPattern().Match(line) is { Success: true } ready)
            {
                // A pipe that nobody reads stops the one who writes it.
                var server = new ServerProcess(process, new Uri(ready.Groups[1].Value), line);
                _ = server.KeepAsync(process.StandardOutput);
                _ = server.KeepAsync(process.StandardError);
                return server;
            }
        }

        process.Kill();
        throw new InvalidOperationException($"the server ended: {string.Join('\n', output)}\n{await process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Runs it to its end, for start-ups that cannot work.</summary>
    /// <returns>Its exit code and what it said.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(params (string Name, string Value)[] settings)
    {
        using var process = Launch(settings);
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, (output + await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return (-1, $"it did not end within {Patience}");
        }
    }

    /// <summary>kill -9.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task KeepAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            _output.Enqueue(line);
            if (_output.Count > MostLines)
            {
                _output.TryDequeue(out _);
            }
        }
    }

    private static Process Launch((string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Cycles.Gateway.dll"), "--urls", "http://127.0.0.1:0" },
        };
        foreach (var (name, value) in settings)
        {
            if (name == "--urls")
            {
                start.ArgumentList[2] = value;
            }
            else if (name == WorkingDirectory)
            {
                start.WorkingDirectory = value;
            }
            else if (value.Length == 0)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex("Cycles is ready on (http://\\S+)")]
    private static partial Regex ReadyPattern();
}
