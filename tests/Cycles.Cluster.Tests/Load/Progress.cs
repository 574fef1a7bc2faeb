using Cycles.Cluster.Tests.Api;

namespace Cycles.Cluster.Tests.Load;

/// <summary>How a failure looked to the clients.</summary>
internal sealed class Progress
{
    private const int MostKinds = 5;

    private readonly Lock _lock = new();
    private Dictionary<string, int> _failures = [];

    /// <summary>The longest time from an operation's first request until it was answered.</summary>
    public TimeSpan LongestWait { get; private set; }

    public void Restart()
    {
        lock (_lock)
        {
            LongestWait = TimeSpan.Zero;
            _failures = [];
        }
    }

    public void Answered(long started)
    {
        var wait = TimeProvider.System.GetElapsedTime(started);
        lock (_lock)
        {
            LongestWait = wait > LongestWait ? wait : LongestWait;
        }
    }

    public void Unanswered(Answer answer)
    {
        var failure = answer.Status == 0 ? answer.Failure! : $"{answer.Status} {(string?)answer.Body?["message"]}";
        lock (_lock)
        {
            _failures[failure] = _failures.GetValueOrDefault(failure) + 1;
        }
    }

    /// <summary>What requests failed with, and how often.</summary>
    public string Failures()
    {
        lock (_lock)
        {
            return string.Join("; ", _failures.OrderByDescending(pair => pair.Value).Take(MostKinds).Select(pair => $"{pair.Value}× {pair.Key}"));
        }
    }
}
