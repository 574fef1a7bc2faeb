using Orleans.Concurrency;

namespace Cycles.Grains.Peers;

/// <summary>
/// Puts a tenant's reservations that have ended into its history (key: tenant id), some thousands at once, so that what they take and what a list of them costs
/// does not grow with their number. The ledger says when there are enough.
/// </summary>
[Alias("cycles.history"), ClientAccess(ClientAccess.None)]
internal interface IHistoryGrain : IGrainWithStringKey
{
    /// <summary>Begins, unless it is under way. One way: nothing waits for it.</summary>
    [Alias("seal"), OneWay]
    ValueTask Seal();
}
