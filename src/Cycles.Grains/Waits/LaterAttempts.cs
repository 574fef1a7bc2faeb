namespace Cycles.Grains.Waits;

/// <summary>
/// Which calls a grain has been asked for a second time. An attempt that arrives after a later one of its call has waited for so long on its way that
/// nobody listens to it: its caller goes by what the later one was told, a denial perhaps.
/// </summary>
/// <remarks>Single-threaded. It keeps repetitions only, each for one to two times <see cref="KeptMs"/>.</remarks>
internal sealed class LaterAttempts
{
    /// <summary>Far longer than a gateway repeats, and than a message can be on its way.</summary>
    public const long KeptMs = 60_000;

    private const int MostKept = 10_000;

    private Dictionary<Guid, int> _younger = [];
    private Dictionary<Guid, int> _older = [];
    private long _youngerSinceMs = Environment.TickCount64;

    /// <summary>Notes an attempt.</summary>
    /// <returns>Whether a later one of its call came before.</returns>
    public bool IsLate(CallAttempt attempt, long nowMs)
    {
        if (nowMs - _youngerSinceMs >= KeptMs || _younger.Count >= MostKept)
        {
            (_older, _younger, _youngerSinceMs) = (_younger, [], nowMs);
        }

        if (_younger.Count + _older.Count > 0 && Latest(attempt.CallId) > attempt.Number)
        {
            return true;
        }

        if (attempt.IsRepetition)
        {
            _younger[attempt.CallId] = attempt.Number;
        }

        return false;
    }

    private int Latest(Guid call) => _younger.TryGetValue(call, out var latest) || _older.TryGetValue(call, out latest) ? latest : 0;
}
