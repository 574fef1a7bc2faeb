using Cycles.Grains.Placement;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Cycles.Grains.Indexes;

// Reentrant: it touches nothing but the board, which has a lock of its own.
[Reentrant, SiloPlacement]
internal sealed class SiloChangesGrain(ChangeBoard board, ILocalSiloDetails silo) : Grain, ISiloChangesGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) => this.GetPrimaryKeyString() == silo.SiloAddress.ToParsableString()
        ? Task.CompletedTask
        : throw new InvalidOperationException($"{this.GetPrimaryKeyString()} was placed on {silo.SiloAddress}");

    public ValueTask<SiloChanges> Take(IndexKind kind, Guid follower) => new(board.Take(kind, follower));
}
