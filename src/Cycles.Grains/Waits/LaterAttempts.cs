using Cycles.Grains.Store;

namespace Cycles.Grains.Waits;

/// <summary>
/// Which calls a grain was asked for a second time. A first attempt that arrives after the second has waited on its way for so long that nobody
/// listens to it: its caller goes by what the second was told, a denial perhaps.
/// </summary>
/// <remarks>
/// Single-threaded. It keeps repetitions only, each for <see cref="KeptMs"/> at least unless there are more than <see cref="MostKept"/>. It ends with
/// the activation: a grain that has moved knows nothing of what it was asked before.
/// </remarks>
internal sealed class LaterAttempts
{
    /// <summary>Twice as long as a gateway repeats at most.</summary>
    public const long KeptMs = 120_000;

    private const int MostKept = 10_000;

    private Dictionary<Guid, int> _younger = [];
    private Dictionary<Guid, int> _older = [];
    private long _youngerSinceMs = Environment.TickCount64;

    /// <summary>Notes an attempt.</summary>
    /// <exception cref="StoreUnavailableException">A later attempt of its call came before.</exception>
    public void Pass(CallAttempt attempt)
    {
        var nowMs = Environment.TickCount64;
        if (nowMs - _youngerSinceMs >= KeptMs || _younger.Count >= MostKept)
        {
            (_older, _younger, _youngerSinceMs) = (_younger, [], nowMs);
        }

        if (_younger.Count + _older.Count > 0 && Latest(attempt.CallId) > attempt.Number)
        {
            throw new StoreUnavailableException("a later attempt of the same call came first");
        }

        if (attempt.IsRepetition)
        {
            _younger[attempt.CallId] = attempt.Number;
        }
    }

    private int Latest(Guid call) => _younger.TryGetValue(call, out var latest) || _older.TryGetValue(call, out latest) ? latest : 0;
}
