namespace Cycles.Grains.Indexes;

/// <summary>What has changed on one silo (key: its address), for an index that lives on another.</summary>
[Alias("cycles.silo-changes-grain"), ClientAccess(ClientAccess.None)]
internal interface ISiloChangesGrain : IGrainWithStringKey
{
    /// <summary>Takes what has changed since <paramref name="follower"/> asked the last time.</summary>
    [Alias("take")]
    ValueTask<SiloChanges> Take(IndexKind kind, Guid follower);
}
