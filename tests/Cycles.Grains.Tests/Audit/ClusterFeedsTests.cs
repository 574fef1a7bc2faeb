using System.Net;
using Cycles.Grains.Audit.Feed;
using Cycles.Protocol.Audit;
using Orleans.Runtime;

namespace Cycles.Grains.Tests.Audit;

/// <summary>When the index may go on with what the feeds tell, and when it must count everything.</summary>
public sealed class ClusterFeedsTests
{
    private static readonly SiloAddress First = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);
    private static readonly SiloAddress Second = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);
    private static readonly SiloAddress Third = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 3), 1);

    private readonly Dictionary<SiloAddress, AuditFeed> _silos = new()
    {
        [First] = new AuditFeed(TimeProvider.System),
        [Second] = new AuditFeed(TimeProvider.System),
        [Third] = new AuditFeed(TimeProvider.System),
    };

    private readonly HashSet<SiloAddress> _silent = [];
    private readonly ClusterFeeds _feeds;

    public ClusterFeedsTests() => _feeds = new ClusterFeeds(
        (silo, after) => Task.FromResult(_silent.Contains(silo) ? null : _silos[silo].Read(after)));

    [Fact]
    public async Task The_first_reading_is_not_whole_and_the_next_has_what_both_silos_have_told()
    {
        Assert.False((await ReadAsync(First, Second)).IsWhole);
        _silos[First].Add([EntryOf("acme")]);
        _silos[Second].Add([EntryOf("globex")]);
        _silos[Second].Doubt("initech");

        var news = await ReadAsync(First, Second);

        Assert.True(news.IsWhole);
        Assert.Equal(["acme", "globex"], news.Rows.Select(row => row.TenantId));
        Assert.Equal(["initech"], news.Doubtful);
        Assert.Empty((await ReadAsync(First, Second)).Rows);
    }

    [Fact]
    public async Task A_silo_that_is_gone_makes_everything_be_counted_once()
    {
        await FollowAsync(First, Second);
        _silos[Second].Add([EntryOf("told nobody")]);

        Assert.False((await ReadAsync(First)).IsWhole);
        Assert.True((await ReadAsync(First)).IsWhole);
    }

    [Fact]
    public async Task A_silo_that_is_new_makes_everything_be_counted_once()
    {
        await FollowAsync(First);
        _silos[Second].Add([EntryOf("before anybody read")]);

        Assert.False((await ReadAsync(First, Second)).IsWhole);
        Assert.True((await ReadAsync(First, Second)).IsWhole);
    }

    [Fact]
    public async Task A_silo_in_place_of_another_makes_everything_be_counted_once()
    {
        await FollowAsync(First, Second);

        Assert.False((await ReadAsync(First, Third)).IsWhole);
        Assert.True((await ReadAsync(First, Third)).IsWhole);
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_makes_everything_be_counted_until_it_has_answered_twice()
    {
        await FollowAsync(First, Second);
        _silent.Add(Second);
        Assert.False((await ReadAsync(First, Second)).IsWhole);
        Assert.False((await ReadAsync(First, Second)).IsWhole);

        _silent.Clear();
        Assert.False((await ReadAsync(First, Second)).IsWhole);
        Assert.True((await ReadAsync(First, Second)).IsWhole);
    }

    [Fact]
    public async Task What_was_read_and_not_accepted_makes_everything_be_counted()
    {
        await FollowAsync(First);
        Assert.True((await _feeds.ReadAsync([First])).IsWhole);
        Assert.False((await ReadAsync(First)).IsWhole);
    }

    private async Task FollowAsync(params SiloAddress[] silos)
    {
        await ReadAsync(silos);
        Assert.True((await ReadAsync(silos)).IsWhole);
    }

    private async Task<AuditNews> ReadAsync(params SiloAddress[] silos)
    {
        var news = await _feeds.ReadAsync(silos);
        _feeds.Accept(news);
        return news;
    }

    private static AuditLogEntry EntryOf(string tenantId) => new()
    {
        LogId = "log_1",
        Timestamp = DateTimeOffset.UnixEpoch,
        TenantId = tenantId,
        Operation = "createBudget",
        Status = 201,
    };
}
