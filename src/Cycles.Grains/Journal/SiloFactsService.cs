using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Cycles.Grains.Journal;

/// <summary>A silo's <see cref="SiloFacts"/>, for other silos to read.</summary>
[Alias("cycles.silo-facts")]
internal interface ISiloFactsService : IGrainService
{
    /// <summary>What was told since <paramref name="after"/>.</summary>
    [Alias("read")]
    Task<FactPage> Read(FactKind kind, FactPosition after);
}

[Reentrant]
internal sealed class SiloFactsService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloFacts facts)
    : GrainService(id, silo, loggers), ISiloFactsService
{
    public Task<FactPage> Read(FactKind kind, FactPosition after) => Task.FromResult(facts.Of(kind).Read(after));
}

/// <summary>Reads the facts of any silo.</summary>
internal sealed class SiloFactsClient(IServiceProvider services) : GrainServiceClient<ISiloFactsService>(services)
{
    // A silo that does not answer is passed over: the store has what it has written.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Null when the silo does not answer.</returns>
    public async Task<FactPage?> ReadAsync(SiloAddress silo, FactKind kind, FactPosition after)
    {
        try
        {
            return await GetGrainService(silo).Read(kind, after).WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return null;
        }
    }
}
