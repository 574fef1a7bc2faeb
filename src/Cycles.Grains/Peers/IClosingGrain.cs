using Orleans.Concurrency;

namespace Cycles.Grains.Peers;

/// <summary>
/// Ends what a closed tenant (key: its id) owns: CASCADE SEMANTICS, mode B. The tenant is CLOSED first, durably, and from then on its ledger
/// refuses every change; then this grain goes through its objects, until none is left, whatever crashes in between.
/// </summary>
[Alias("cycles.closing"), ClientAccess(ClientAccess.None)]
internal interface IClosingGrain : IGrainWithStringKey
{
    /// <summary>Registers the reminder that sees to it after a crash; to be called before the tenant is made CLOSED.</summary>
    [Alias("arm")]
    ValueTask Arm();

    /// <summary>Begins the cascade, or joins it, and waits for at most <paramref name="patience"/>. It continues when the caller no longer waits.</summary>
    /// <returns>Whether everything has ended.</returns>
    [Alias("drive")]
    ValueTask<bool> Drive(TimeSpan patience);

    /// <summary>Begins, if it has not begun; nobody waits.</summary>
    [Alias("wake"), OneWay]
    ValueTask Wake();
}
