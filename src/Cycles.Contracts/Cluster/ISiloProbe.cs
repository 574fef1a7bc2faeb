using Orleans.Services;

namespace Cycles.Contracts.Cluster;

/// <summary>Answers for one silo, for as long as that silo runs. A system target: it needs no placement and waits in no queue of a grain.</summary>
[Alias("cycles.silo-probe")]
public interface ISiloProbe : IGrainService
{
    /// <summary>Answers at once.</summary>
    [Alias("answer")]
    Task Answer();
}
