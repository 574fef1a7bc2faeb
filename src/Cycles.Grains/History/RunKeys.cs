using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>The names of the keys that one run consists of.</summary>
/// <param name="tenant">The tenant's keys.</param>
/// <param name="run">The run.</param>
internal readonly struct RunKeys(TenantKeys tenant, RunInfo run)
{
    /// <summary>String: its <see cref="RunHead"/>, as JSON.</summary>
    public RedisKey Head => tenant.Run(run.Id, "head");

    /// <summary>String: an <see cref="IdFilter"/> of its ids.</summary>
    public RedisKey Filter => tenant.Run(run.Id, "filter");

    /// <summary>String: an <see cref="IdFilter"/> of the segments of its scopes.</summary>
    public RedisKey Segments => tenant.Run(run.Id, "segments");

    /// <summary>String: an <see cref="OrderDirectory"/>.</summary>
    public RedisKey Directory(HistoryOrder order) => tenant.Run(run.Id, $"{Letter(order)}");

    /// <summary>String: a <see cref="RowPage"/>.</summary>
    public RedisKey Rows(HistoryOrder order, Outcome outcome, int page) => tenant.Run(run.Id, $"{Letter(order)}{(int)outcome}:{page}");

    /// <summary>String: a <see cref="ScopePage"/>.</summary>
    public RedisKey Scopes(int page) => tenant.Run(run.Id, $"scopes:{page}");

    /// <summary>All of them.</summary>
    public IEnumerable<RedisKey> All()
    {
        yield return Head;
        yield return Filter;
        yield return Segments;
        foreach (var order in Enum.GetValues<HistoryOrder>())
        {
            yield return Directory(order);
            foreach (var outcome in Enum.GetValues<Outcome>())
            {
                for (var page = 0; page < run.PagesOf(outcome); page++)
                {
                    yield return Rows(order, outcome, page);
                }
            }
        }

        for (var page = 0; page < run.ScopePages; page++)
        {
            yield return Scopes(page);
        }
    }

    private static char Letter(HistoryOrder order) => order switch
    {
        HistoryOrder.Created => 'c',
        HistoryOrder.Expires => 'e',
        HistoryOrder.Id => 'i',
        HistoryOrder.Reserved => 'r',
        _ => 's',
    };
}
