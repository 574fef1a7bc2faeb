namespace Cycles.Grains.Caching;

/// <summary>Limits how many bytes are held at a time. A caller that wants more waits, in order, until others have given theirs back. Callable from any thread.</summary>
/// <param name="most">At least 1. A larger wish is granted when nothing else is held.</param>
internal sealed class ByteBudget(long most)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = [];
    private long _held;

    /// <summary>What is held now.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Completes when the bytes may be held.</summary>
    public ValueTask TakeAsync(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && HasRoom(bytes))
            {
                _held += bytes;
                return default;
            }

            // The caller that gives room back must not run the work of the one that gets it.
            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
            return new ValueTask(granted.Task);
        }
    }

    /// <summary>Takes the bytes when there is room now.</summary>
    public bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || !HasRoom(bytes))
            {
                return false;
            }

            _held += bytes;
            return true;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes)
    {
        lock (_lock)
        {
            _held -= bytes;
            while (_waiting.TryPeek(out var first) && HasRoom(first.Bytes))
            {
                _waiting.Dequeue();
                _held += first.Bytes;
                first.Granted.SetResult();
            }
        }
    }

    private bool HasRoom(long bytes) => _held == 0 || _held + bytes <= most;
}
