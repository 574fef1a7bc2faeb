using Cycles.Grains.Records;
using Orleans.Runtime;

namespace Cycles.Grains.Audit.Feed;

/// <summary>
/// The feeds of all silos, read on from where they were read last. What they tell is whole only when the same silos tell it as before: one that
/// is gone may have written what it told nobody, and of one that is new, or did not answer the last time, the beginning is not known.
/// </summary>
/// <param name="read">Reads a silo's feed from a position; null when the silo does not answer.</param>
internal sealed class ClusterFeeds(Func<SiloAddress, AuditFeedPosition, Task<AuditFeedPage?>> read)
{
    private Dictionary<SiloAddress, AuditFeedPosition> _positions = [];

    /// <summary>Reads on. Unless what it finds is accepted, the next reading finds that something may be missing.</summary>
    /// <param name="silos">All silos that may write.</param>
    public async Task<AuditNews> ReadAsync(SiloAddress[] silos)
    {
        var positions = _positions;
        _positions = [];
        var pages = await Task.WhenAll(silos.Select(silo => read(silo, positions.GetValueOrDefault(silo))));
        return new AuditNews(
            positions.Count == silos.Length && pages.All(page => page is { IsGap: false }),
            [.. pages.SelectMany(page => page?.Rows ?? [])],
            [.. pages.SelectMany(page => page?.Doubtful ?? []).Distinct()],
            silos.Zip(pages).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!.Position));
    }

    /// <summary>What was found is in the index, and so is whatever was durable before and is not among it.</summary>
    public void Accept(AuditNews news) => _positions = news.Positions;
}

/// <summary>What the feeds have told.</summary>
/// <param name="IsWhole">Whether that is all there is; otherwise the store must be counted.</param>
/// <param name="Rows">The entries.</param>
/// <param name="Doubtful">Tenants with entries that may have been written without being here.</param>
/// <param name="Positions">How far each silo's feed was read.</param>
internal sealed record AuditNews(
    bool IsWhole, AuditRow[] Rows, string[] Doubtful, Dictionary<SiloAddress, AuditFeedPosition> Positions);
