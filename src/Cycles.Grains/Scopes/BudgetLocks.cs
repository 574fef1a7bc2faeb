using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;

namespace Cycles.Grains.Scopes;

/// <summary>
/// One budget and the locks on it. Plain single-threaded state: the grain calls it, and it never calls out. Shared locks add up; an
/// exclusive one waits until no other lock is held and keeps new ones out; waiters are served in order. Settling a hold passes those who wait
/// for budget, but not an exclusive lock: what that one decides, the beginning of a period for instance, must rest on numbers that nothing in
/// flight still changes, and what is settled must be answered with the numbers that it went into.
/// </summary>
internal sealed class BudgetLocks(BudgetRecord record, BudgetState durable, long epoch)
{
    private readonly Dictionary<long, HeldLock> _held = [];
    private readonly LinkedList<Waiter> _waiters = [];
    private BudgetDelta _inFlight;
    private long _exclusive;
    private bool _mayWait = true;

    public BudgetRecord Record { get; private set; } = record;

    /// <summary>What the store holds for certain.</summary>
    public BudgetState Durable { get; private set; } = durable;

    /// <summary>Whether locks are held or waited for.</summary>
    public bool IsBusy => _held.Count > 0 || _waiters.Count > 0;

    /// <summary>When the oldest lock was given.</summary>
    public long OldestLockMs => _held.Count == 0 ? long.MaxValue : _held.Values.Min(held => held.GivenAtMs);

    /// <summary>Whether the lock is held.</summary>
    public bool Holds(long lockId) => _held.ContainsKey(lockId);

    /// <summary>Whether the lock is waited for.</summary>
    public bool Awaits(long lockId) => Find(lockId) is not null;

    /// <summary>Gives the lock, refuses it, or answers later.</summary>
    /// <exception cref="StoreUnavailableException">It would have to wait, and the scope lets no operation wait any more; or it has waited too long.</exception>
    public ValueTask<LockReply> LockAsync(LockRequest request, long nowMs)
    {
        // Settling only gives back, so it passes those who wait for more.
        var isNext = _waiters.First is not { Value.Request.Kind: var first } || (request.Kind == LockKind.Settle && first != LockKind.Exclusive);
        if (isNext && TryDecide(request, nowMs, out var reply))
        {
            return new(reply);
        }

        if (!_mayWait)
        {
            throw new StoreUnavailableException("the scope is moving");
        }

        var waiter = new Waiter(request, nowMs);
        _waiters.AddLast(waiter);
        return new(waiter.Reply.Task);
    }

    /// <summary>
    /// Ends a lock, or the wait for it, and serves those who waited behind it. A lock that is not known changes nothing.
    /// </summary>
    public void Complete(long lockId, LockOutcome outcome, BudgetDelta? decided, long nowMs)
    {
        if (_held.Remove(lockId, out var held))
        {
            if (held.Kind == LockKind.Exclusive)
            {
                _exclusive = 0;
            }
            else if (held.Kind != LockKind.Settle)
            {
                _inFlight = Subtract(_inFlight, held.Delta);
            }

            if (outcome == LockOutcome.Applied)
            {
                Durable = Durable.Apply(decided ?? held.Delta);
            }
        }
        else if (Find(lockId) is { } gone)
        {
            _waiters.Remove(gone);
            gone.Value.Reply.SetException(new StoreUnavailableException("the operation was given up while it waited"));
        }

        ServeWaiters(nowMs);
    }

    /// <summary>Takes over a record that is durable now; its status and limit are part of the state.</summary>
    public void Replace(BudgetRecord record)
    {
        Record = record;
        Durable = Durable with { Status = record.Status, OverdraftLimit = record.OverdraftLimit };
    }

    /// <summary>Ends every wait: the scope reloads, and the waiters ask again.</summary>
    public void FailWaiters(Exception exception) => FailWaiters(long.MaxValue, exception);

    /// <summary>Ends the waits that began before a moment.</summary>
    public void FailWaiters(long beforeMs, Exception exception)
    {
        while (_waiters.First is { Value: var waiter } && waiter.SinceMs < beforeMs)
        {
            _waiters.RemoveFirst();
            waiter.Reply.SetException(exception);
        }
    }

    /// <summary>From now on nobody waits: what ends a wait can no longer reach the scope.</summary>
    public void EndWaits()
    {
        _mayWait = false;
        FailWaiters(new StoreInDoubtException("the scope is moving"));
    }

    /// <summary>In order; but what is settled passes those who wait for budget, up to the first that wants to be alone.</summary>
    private void ServeWaiters(long nowMs)
    {
        var isBlocked = false;
        for (var node = _waiters.First; node is not null;)
        {
            var (next, request) = (node.Next, node.Value.Request);
            if ((!isBlocked || request.Kind == LockKind.Settle) && TryDecide(request, nowMs, out var reply))
            {
                _waiters.Remove(node);
                node.Value.Reply.SetResult(reply);
            }
            else if (request.Kind == LockKind.Exclusive)
            {
                return;
            }
            else
            {
                isBlocked = true;
            }

            node = next;
        }
    }

    private LinkedListNode<Waiter>? Find(long lockId)
    {
        var node = _waiters.First;
        while (node is not null && node.Value.Request.LockId != lockId)
        {
            node = node.Next;
        }

        return node;
    }

    private bool TryDecide(LockRequest request, long nowMs, out LockReply reply)
    {
        reply = default;
        if (_exclusive != 0 || (request.Kind == LockKind.Exclusive && _held.Count > 0))
        {
            return false;
        }

        if (request.Kind == LockKind.Settle)
        {
            var misfit = CheckSettle(request.Delta);
            reply = misfit == Refusal.None ? Give(request, nowMs) : new LockReply(misfit, epoch, Durable);
            return true;
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

    private Refusal CheckSettle(BudgetDelta delta)
    {
        var view = Durable.Apply(_inFlight);
        return view.Reserved + delta.Reserved < 0 ? Refusal.Stale
            : view.TryApply(delta, out _) ? Refusal.None
            : Refusal.Overflow;
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

    private sealed record Waiter(LockRequest Request, long SinceMs)
    {
        public TaskCompletionSource<LockReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
