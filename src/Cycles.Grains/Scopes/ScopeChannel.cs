using Cycles.Contracts.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>
/// One grain's way to one scope. Locks that begin while a message to the scope is on its way share the next one, so that there are the more in a message the more
/// there is to do, and nothing waits without load. Locks that end together share a message too: a group commit makes many operations durable at once.
/// </summary>
/// <param name="scope">The scope.</param>
/// <param name="silo">Where the grain is: <see cref="SiloAddress.GetConsistentHashCode"/> of its silo.</param>
/// <remarks>Single-threaded, as the grain that has it.</remarks>
internal sealed class ScopeChannel(IScopeGrain scope, int silo)
{
    private List<PendingLock> _locks = [];
    private bool _isLocking;
    private List<LockCompletion> _completions = [];
    private Task? _completing;
    private bool _isFar;

    /// <summary>Takes a lock.</summary>
    public Task<LockReply> LockAsync(LockRequest request)
    {
        var pending = new PendingLock(request);
        _locks.Add(pending);
        if (!_isLocking)
        {
            _isLocking = true;
            LockAllAsync().Ignore();
        }

        return pending.Task;
    }

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

    /// <summary>Never throws: each operation gets its answer.</summary>
    private async Task LockAllAsync()
    {
        // Behind all that is ready to run: other operations that begin now share the message.
        await Task.Yield();
        while (_locks.Count > 0)
        {
            var locks = _locks;
            _locks = new(locks.Count);
            try
            {
                var replies = await scope.LockAll([.. locks.Select(pending => pending.Request)]);
                for (var i = 0; i < replies.Length; i++)
                {
                    if (replies[i] is { } reply)
                    {
                        locks[i].SetResult(reply);
                    }
                    else
                    {
                        LockAloneAsync(locks[i]).Ignore();
                    }
                }
            }
            catch (Exception exception)
            {
                locks.ForEach(pending => pending.TrySetException(exception));
            }
        }

        _isLocking = false;
    }

    /// <summary>A lock that waits for others must not make those wait that come behind it.</summary>
    private async Task LockAloneAsync(PendingLock pending)
    {
        try
        {
            pending.SetResult(await scope.Lock(pending.Request));
        }
        catch (Exception exception)
        {
            pending.SetException(exception);
        }
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

    /// <summary>An operation that waits for its lock. It goes on at once when it has the answer, in the turn of its grain.</summary>
    private sealed class PendingLock(LockRequest request) : TaskCompletionSource<LockReply>
    {
        public LockRequest Request => request;
    }
}
