namespace Cycles.Grains.Scopes;

/// <summary>
/// One grain's way to one scope. Locks that end together share a message: a group commit makes many operations durable at once. (Those that
/// begin together are too few for it to pay: 1.3 a message under full load, where of the ends there are more than 5.)
/// </summary>
/// <remarks>Single-threaded, as the grain that has it.</remarks>
internal sealed class ScopeChannel(IScopeGrain scope)
{
    private List<LockCompletion> _completions = [];
    private Task? _completing;

    /// <summary>Takes a lock.</summary>
    public ValueTask<LockReply> LockAsync(LockRequest request) => scope.Lock(request);

    /// <summary>The budgets as they stand.</summary>
    public ValueTask<Budget[]> ReadAsync() => scope.Read();

    /// <summary>Ends a lock. What is asked of the scope once this has completed finds it ended.</summary>
    public ValueTask CompleteAsync(LockCompletion completion)
    {
        _completions.Add(completion);
        return new(_completing ??= CompleteAllAsync());
    }

    private async Task CompleteAllAsync()
    {
        // Behind all that is ready to run: whoever of them ends a lock too comes along.
        await Task.Yield();

        // The next will be about as many.
        (var completions, _completions, _completing) = (_completions, new(_completions.Count), null);
        await (completions is [var (lockId, unit, outcome, decided)]
            ? scope.Complete(lockId, unit, outcome, decided)
            : scope.CompleteAll([.. completions]));
    }
}
