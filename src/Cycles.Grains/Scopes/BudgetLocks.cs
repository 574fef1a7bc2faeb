namespace Cycles.Grains.Scopes;

/// <summary>
/// One budget and the locks on it. Plain single-threaded state: the grain calls it, and it never calls out. Shared locks add up; an
/// exclusive one waits until no other charge is in flight and keeps new ones out; waiters are served in order.
/// </summary>
internal sealed class BudgetLocks(BudgetRecord record, BudgetState durable, long epoch)
{
    private readonly Dictionary<long, HeldLock> _held = [];
    private readonly Queue<Waiter> _waiters = [];
    private BudgetDelta _inFlight;
    private int _charges;
    private long _exclusive;

    public BudgetRecord Record { get; private set; } = record;

    /// <summary>What the store holds for certain.</summary>
    public BudgetState Durable { get; private set; } = durable;

    /// <summary>Whether locks are held or waited for.</summary>
    public bool IsBusy => _held.Count > 0 || _waiters.Count > 0;

    /// <summary>When the oldest lock was given.</summary>
    public long OldestLockMs => _held.Count == 0 ? long.MaxValue : _held.Values.Min(held => held.GivenAtMs);

    /// <summary>Whether the lock is held or waited for.</summary>
    public bool Holds(long lockId) => _held.ContainsKey(lockId) || _waiters.Any(waiter => waiter.Request.LockId == lockId);

    /// <summary>Gives the lock, refuses it, or answers later.</summary>
    public ValueTask<LockReply> LockAsync(LockRequest request, long nowMs)
    {
        if (_waiters.Count == 0 && TryDecide(request, nowMs, out var reply))
        {
            return new(reply);
        }

        // Settling a hold waits for nobody: it only gives back.
        if (request.Kind == LockKind.Settle && TryDecide(request, nowMs, out reply))
        {
            return new(reply);
        }

        var waiter = new Waiter(request);
        _waiters.Enqueue(waiter);
        return new(waiter.Reply.Task);
    }

    /// <summary>Ends a lock and serves those who waited for it. An unknown lock changes nothing.</summary>
    public void Complete(long lockId, LockOutcome outcome, BudgetDelta? decided, long nowMs)
    {
        if (!_held.Remove(lockId, out var held))
        {
            return;
        }

        if (held.Kind == LockKind.Exclusive)
        {
            _exclusive = 0;
        }
        else if (held.Kind != LockKind.Settle)
        {
            _inFlight = Subtract(_inFlight, held.Delta);
            _charges--;
        }

        if (outcome == LockOutcome.Applied)
        {
            Durable = Durable.Apply(decided ?? held.Delta);
        }

        while (_waiters.TryPeek(out var waiter) && TryDecide(waiter.Request, nowMs, out var reply))
        {
            _waiters.Dequeue();
            waiter.Reply.SetResult(reply);
        }
    }

    /// <summary>Takes over a record that is durable now; its status and limit are part of the state.</summary>
    public void Replace(BudgetRecord record)
    {
        Record = record;
        Durable = Durable with { Status = record.Status, OverdraftLimit = record.OverdraftLimit };
    }

    /// <summary>Ends every wait: the scope reloads, and the waiters ask again.</summary>
    public void FailWaiters(Exception exception)
    {
        while (_waiters.TryDequeue(out var waiter))
        {
            waiter.Reply.SetException(exception);
        }
    }

    private bool TryDecide(LockRequest request, long nowMs, out LockReply reply)
    {
        reply = default;
        if (request.Kind == LockKind.Settle)
        {
            reply = Give(request, nowMs);
            return true;
        }

        if (_exclusive != 0 || (request.Kind == LockKind.Exclusive && _charges > 0))
        {
            return false;
        }

        var withoutOthers = Check(request, Durable);
        if (withoutOthers != Refusal.None)
        {
            reply = new LockReply(withoutOthers, epoch, Durable);
            return true;
        }

        // Enough but for what is in flight: that may still be given back, so it is no reason to refuse.
        if (Check(request, Durable.Apply(_inFlight)) != Refusal.None)
        {
            return false;
        }

        reply = Give(request, nowMs);
        return true;
    }

    private LockReply Give(LockRequest request, long nowMs)
    {
        _held[request.LockId] = new HeldLock(request.Kind, request.Delta, nowMs);
        if (request.Kind == LockKind.Exclusive)
        {
            _exclusive = request.LockId;
        }
        else if (request.Kind != LockKind.Settle)
        {
            _inFlight = Add(_inFlight, request.Delta);
            _charges++;
        }

        var view = Durable.Apply(_inFlight);
        return new LockReply(Refusal.None, epoch, request.Kind == LockKind.Settle ? view.Apply(request.Delta) : view);
    }

    /// <summary>Whether a budget of this state refuses the lock, whatever others hold.</summary>
    public static Refusal Check(LockRequest request, BudgetState state)
    {
        var amount = request.Delta.Spent + request.Delta.Reserved;
        var refusal = request.Kind switch
        {
            LockKind.Reserve => state.CheckReserve(amount),
            LockKind.Charge when state.CheckOpen() is var closed and not Refusal.None => closed,
            LockKind.Charge or LockKind.Cover => state.CheckCovers(amount),
            LockKind.Exclusive or LockKind.Settle => Refusal.None,
            _ => throw new InvalidOperationException($"lock kind {request.Kind} is unknown"),
        };
        return refusal == Refusal.None && !state.TryApply(request.Delta, out _) ? Refusal.Overflow : refusal;
    }

    private static BudgetDelta Add(BudgetDelta left, BudgetDelta right) => checked(new(
        left.Allocated + right.Allocated, left.Spent + right.Spent, left.Reserved + right.Reserved, left.Debt + right.Debt));

    private static BudgetDelta Subtract(BudgetDelta left, BudgetDelta right) => checked(new(
        left.Allocated - right.Allocated, left.Spent - right.Spent, left.Reserved - right.Reserved, left.Debt - right.Debt));

    private readonly record struct HeldLock(LockKind Kind, BudgetDelta Delta, long GivenAtMs);

    private sealed record Waiter(LockRequest Request)
    {
        public TaskCompletionSource<LockReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
