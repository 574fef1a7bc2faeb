using Cycles.Contracts.Calls;

namespace Cycles.Contracts.Keys;

/// <summary>Finds whose a secret is (key: 0). One on each silo, as many as are needed.</summary>
[Alias("cycles.key-directory"), ClientAccess(ClientAccess.Gateways)]
public interface IKeyDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>The key with that secret hash, whatever its state; null when there is none.</summary>
    [Alias("find"), AnyRoute]
    ValueTask<AuthenticatedKey?> Find(string secretHash);
}
