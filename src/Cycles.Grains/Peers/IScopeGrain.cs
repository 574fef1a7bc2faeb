using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Orleans.Concurrency;

namespace Cycles.Grains.Peers;

/// <summary>
/// One scope (key: canonical scope path): the single-threaded owner of its budgets, one for each unit. Operations on several scopes
/// lock them root first, commit through the ledger, and then complete the locks. These are the calls of the tenant's other grains; the admin plane has
/// <see cref="IScopeAdminGrain"/>.
/// </summary>
/// <remarks>The ports are guarded by type of grain and not by interface: a gateway may call the grain, so it may call this.</remarks>
[Alias("cycles.scope"), ClientAccess(ClientAccess.Gateways)]
internal interface IScopeGrain : IGrainWithStringKey
{
    /// <summary>
    /// Phase 1: takes a part in an operation. What would be enough but for locks of others that are still in flight waits for them, and
    /// is never refused for their sake.
    /// </summary>
    [Alias("lock"), AnyRoute]
    ValueTask<LockReply> Lock([Immutable] LockRequest request);

    /// <summary>Phase 2: what became of the operation. A lock that is not known any more is ignored: the scope has reloaded.</summary>
    /// <remarks>
    /// One way: on the same silo it reaches the scope before whatever its coordinator answers can cause a next request. A coordinator on another
    /// silo uses <see cref="CompleteAndAnswer"/>.
    /// </remarks>
    [Alias("complete"), AnyRoute, OneWay]
    ValueTask Complete(long lockId, Unit unit, LockOutcome outcome, BudgetDelta? decided = null);

    /// <summary>Phase 2 of many operations.</summary>
    /// <inheritdoc cref="Complete"/>
    [Alias("complete-all"), AnyRoute, OneWay]
    ValueTask CompleteAll([Immutable] LockCompletion[] completions);

    /// <summary>
    /// Phase 2 of operations whose coordinator is on another silo, as a tenant's are for a moment while its place moves: messages of two silos
    /// may overtake each other, so what the operation is answered waits until the scope shows what it did.
    /// </summary>
    [Alias("complete-and-answer"), AnyRoute]
    ValueTask CompleteAndAnswer([Immutable] LockCompletion[] completions);

    /// <inheritdoc cref="IScopeAdminGrain.Read"/>
    [Alias("read"), AnyRoute]
    ValueTask<Budget[]> Read();

    /// <summary>
    /// Makes a budget. Refused with DUPLICATE_RESOURCE or TENANT_CLOSED; <see cref="BudgetReply.IsStale"/> when the tenant's grain has read its state anew
    /// under another epoch since, so that it would not know of the budget.
    /// </summary>
    [Alias("create"), AnyRoute]
    ValueTask<BudgetReply> Create(Origin origin, [Immutable] BudgetRecord record, long allocated, long tenantEpoch);

    /// <summary>Changes what is given, and recomputes whether the budget is over its limit; stale as <see cref="Create"/>.</summary>
    [Alias("update"), AnyRoute]
    ValueTask<BudgetReply> Update(Origin origin, Unit unit, [Immutable] BudgetChange change, long tenantEpoch);

    /// <summary>
    /// Begins the present period if the last one has ended: once for each period, however often it is called. Every other method of the scope does this first; this one is
    /// for budgets that are not in use.
    /// </summary>
    [Alias("roll-over"), AnyRoute]
    ValueTask RollOver(Unit unit);

    /// <summary>Closes a budget of a closed tenant for good. False while something is still reserved.</summary>
    [Alias("close"), AnyRoute]
    ValueTask<bool> Close([Immutable] TenantClose close, Unit unit);
}

/// <summary>What a lock is for; it decides what is checked.</summary>
internal enum LockKind
{
    /// <summary>A new hold: status, over-limit, debt, remaining.</summary>
    Reserve,

    /// <summary>A charge that must be covered in full, by a budget that is open: an event.</summary>
    Charge,

    /// <summary>A charge that must be covered in full, whatever the budget's status: the excess of an action that has already happened.</summary>
    Cover,

    /// <summary>Settles a hold: nothing to check.</summary>
    Settle,

    /// <summary>Waits until it is alone and keeps others out, to decide on exact numbers over several scopes.</summary>
    Exclusive,
}

/// <summary>A request to take part.</summary>
/// <param name="LockId">Unique to the operation.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Delta">What it will change; nothing yet for an exclusive lock.</param>
[GenerateSerializer, Immutable, Alias("cycles.lock-request")]
internal readonly record struct LockRequest(
    [property: Id(0)] long LockId,
    [property: Id(1)] Unit Unit,
    [property: Id(2)] LockKind Kind,
    [property: Id(3)] BudgetDelta Delta);

/// <summary>The answer to a lock.</summary>
/// <param name="Refusal">Why it was not given, or None.</param>
/// <param name="Epoch">The scope's epoch, for the transaction.</param>
/// <param name="State">The budget as of this operation: what is durable, what is held in flight, and this delta.</param>
/// <param name="Silo">Where the scope is: <see cref="SiloAddress.GetConsistentHashCode"/> of its silo.</param>
[GenerateSerializer, Immutable, Alias("cycles.lock-reply")]
internal readonly record struct LockReply(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] long Epoch,
    [property: Id(2)] BudgetState State,
    [property: Id(3)] int Silo = 0);

/// <summary>The end of a lock.</summary>
/// <param name="LockId">The operation that holds it.</param>
/// <param name="Unit">The budget's unit.</param>
/// <param name="Outcome">What became of the operation.</param>
/// <param name="Decided">What was decided under an exclusive lock; null for what was asked for.</param>
[GenerateSerializer, Immutable, Alias("cycles.lock-completion")]
internal readonly record struct LockCompletion(
    [property: Id(0)] long LockId, [property: Id(1)] Unit Unit, [property: Id(2)] LockOutcome Outcome, [property: Id(3)] BudgetDelta? Decided);

/// <summary>What became of a locked operation.</summary>
internal enum LockOutcome
{
    /// <summary>It is durable.</summary>
    Applied,

    /// <summary>It did not happen.</summary>
    Abandoned,

    /// <summary>What became of it is not known: the scope reloads.</summary>
    InDoubt,

    /// <summary>It did not happen, because a participant's state was old: the scope asks the ledger whether its own is.</summary>
    Conflicted,
}
