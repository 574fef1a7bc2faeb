namespace Cycles.Silo.Store;

/// <summary>Lets one message a cause through in a while, as a fault comes with the same one for each thing that it hits.</summary>
/// <param name="pause">How long the next one of the same cause is held back.</param>
/// <remarks>Any thread may use it.</remarks>
internal sealed class OncePerCause(TimeSpan pause)
{
    private const int MostCauses = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _last = [];

    /// <summary>Whether to say it now.</summary>
    public bool IsDue(string cause)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(cause, out var said) && TimeProvider.System.GetElapsedTime(said) < pause)
            {
                return false;
            }

            if (_last.Count == MostCauses)
            {
                _last.Clear();
            }

            _last[cause] = TimeProvider.System.GetTimestamp();
            return true;
        }
    }
}
