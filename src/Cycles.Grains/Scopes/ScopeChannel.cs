using Cycles.Contracts.Scopes;
using Cycles.Grains.Peers;

namespace Cycles.Grains.Scopes;

/// <summary>
/// One grain's way to one scope. Locks that end together share a message: a group commit makes many operations durable at once. (Those that
/// begin together are too few for it to pay: 1.3 a message under full load, where of the ends there are more than 5.)
/// </summary>
/// <param name="scope">The scope.</param>
/// <param name="silo">Where the grain is: <see cref="SiloAddress.GetConsistentHashCode"/> of its silo.</param>
/// <remarks>Single-threaded, as the grain that has it.</remarks>
internal sealed class ScopeChannel(IScopeGrain scope, int silo)
{
    private List<LockCompletion> _completions = [];
    private Task? _completing;
    private bool _isFar;

    /// <summary>Takes a lock.</summary>
    public ValueTask<LockReply> LockAsync(LockRequest request) => scope.Lock(request);

    /// <summary>Learns from an answer where the scope is.</summary>
    public void Note(LockReply reply) => _isFar = reply.Silo != silo;

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
        // Behind all that is ready to run: other operations that end a lock now share the message.
        await Task.Yield();

        // The next will be about as many.
        (var completions, _completions, _completing) = (_completions, new(_completions.Count), null);
        if (_isFar)
        {
            await CompleteFarAsync(completions);
            return;
        }

        await (completions is [var (lockId, unit, outcome, decided)]
            ? scope.Complete(lockId, unit, outcome, decided)
            : scope.CompleteAll([.. completions]));
    }

    private async Task CompleteFarAsync(List<LockCompletion> completions)
    {
        try
        {
            await scope.CompleteAndAnswer([.. completions]);
        }
        catch (Exception)
        {
            // The scope has gone, and the locks with it; another activation reads what became of the operations. They themselves have ended: how
            // they did must not be hidden by this.
        }
    }
}
