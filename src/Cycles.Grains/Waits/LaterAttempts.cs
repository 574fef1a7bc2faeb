using Cycles.Contracts.Calls;
using Cycles.Contracts.Store;
using Cycles.Grains.Caching;

namespace Cycles.Grains.Waits;

/// <summary>
/// Remembers which calls a grain has been asked for a second time. When a first attempt arrives after the second, its caller no longer waits for it: the caller
/// was told the outcome of the second, perhaps a denial.
/// </summary>
/// <remarks>
/// Single-threaded. It keeps repetitions only, each for at least <see cref="KeptMs"/>, unless there are more than <see cref="MostKept"/>. It ends with
/// the activation: a grain that has moved does not know what it was asked before.
/// </remarks>
internal sealed class LaterAttempts
{
    /// <summary>Twice as long as a gateway repeats at most.</summary>
    public const long KeptMs = 120_000;

    private const int MostKept = 10_000;

    private readonly TwoGenerations<Guid, int> _latest = new(MostKept, KeptMs);

    /// <summary>Notes an attempt.</summary>
    /// <exception cref="StoreUnavailableException">A later attempt of its call came before.</exception>
    public void Pass(CallAttempt attempt)
    {
        _latest.Age(Environment.TickCount64);
        if (_latest.Count > 0 && _latest.TryGet(attempt.CallId, out var latest) && latest > attempt.Number)
        {
            throw new StoreUnavailableException("a later attempt of the same call came first");
        }

        if (attempt.IsRepetition)
        {
            _latest.Set(attempt.CallId, attempt.Number);
        }
    }
}
