using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Cycles.Grains.Audit.Feed;

/// <summary>A silo's <see cref="AuditFeed"/>, for other silos to read.</summary>
[Alias("cycles.audit-feed")]
internal interface IAuditFeedService : IGrainService
{
    /// <summary>What has come since <paramref name="after"/>.</summary>
    [Alias("read")]
    Task<AuditFeedPage> Read(AuditFeedPosition after);
}

[Reentrant]
internal sealed class AuditFeedService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, AuditFeed feed)
    : GrainService(id, silo, loggers), IAuditFeedService
{
    public Task<AuditFeedPage> Read(AuditFeedPosition after) => Task.FromResult(feed.Read(after));
}

/// <summary>Reads the feed of any silo.</summary>
internal sealed class AuditFeedClient(IServiceProvider services) : GrainServiceClient<IAuditFeedService>(services)
{
    // A silo that does not answer is passed over: the store has what it has written.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Null when the silo does not answer.</returns>
    public async Task<AuditFeedPage?> ReadAsync(SiloAddress silo, AuditFeedPosition after)
    {
        try
        {
            return await GetGrainService(silo).Read(after).WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return null;
        }
    }
}
