namespace Cycles.Grains.Waits;

/// <summary>Tells a grain at once when Orleans decides to deactivate it. <c>OnDeactivateAsync</c> comes too late: only after the last call has ended.</summary>
internal sealed class DeactivationSignal : IActivationWorkingSetObserver
{
    /// <inheritdoc/>
    public void OnDeactivating(IActivationWorkingSetMember member)
    {
        if (member is IGrainContext { GrainInstance: IEndsWaits grain } context)
        {
            // Orleans calls on any thread and holds a lock; the grain's state belongs to its own scheduler.
            context.Scheduler.QueueAction(grain.EndWaits);
        }
    }
}
