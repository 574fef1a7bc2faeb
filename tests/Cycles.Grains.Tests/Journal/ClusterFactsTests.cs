using System.Net;
using Cycles.Grains.Journal;

namespace Cycles.Grains.Tests.Journal;

/// <summary>When a reader may go on with what the silos tell, and when it must read the store.</summary>
public sealed class ClusterFactsTests
{
    private static readonly SiloAddress First = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);
    private static readonly SiloAddress Second = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);
    private static readonly SiloAddress Third = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 3), 1);

    private readonly Dictionary<SiloAddress, FactFeed> _feeds = new()
    {
        [First] = new FactFeed(100, TimeProvider.System),
        [Second] = new FactFeed(100, TimeProvider.System),
        [Third] = new FactFeed(100, TimeProvider.System),
    };

    private readonly ManualTime _time = new();
    private readonly HashSet<SiloAddress> _silent = [];
    private readonly ClusterFacts _facts;
    private SiloAddress[] _members = [];
    private long _incarnation;
    private bool _fails;

    public ClusterFactsTests() => _facts = new ClusterFacts(
        (silo, after) => Task.FromResult(_silent.Contains(silo) ? null : _feeds[silo].Read(after)), () => _fails ? Task.FromException<SiloAddress[]>(new TimeoutException()) : Task.FromResult(_members), () => new(_incarnation), _time);

    [Fact]
    public async Task The_first_reading_is_not_whole_and_the_next_has_what_both_silos_have_told()
    {
        Assert.False((await ReadAsync(First, Second)).IsWhole);
        _feeds[First].Tell(Changed("acme"));
        _feeds[Second].Tell(Changed("globex"));
        _feeds[Second].Tell(Changed("initech"));

        var news = await ReadAsync(First, Second);

        Assert.True(news.IsWhole);
        Assert.Equal([Changed("acme"), Changed("globex"), Changed("initech")], news.Facts);
        Assert.Empty((await ReadAsync(First, Second)).Facts);
    }

    [Fact]
    public async Task A_silo_that_is_gone_makes_everything_be_read_once()
    {
        await FollowAsync(First, Second);
        _feeds[Second].Tell(Changed("told nobody"));

        Assert.False((await ReadAsync(First)).IsWhole);
        Assert.True((await ReadAsync(First)).IsWhole);
    }

    [Fact]
    public async Task A_silo_that_is_gone_makes_everything_be_read_once_more_when_it_must_have_noticed()
    {
        await FollowAsync(First, Second);
        Assert.False((await ReadAsync(First)).IsWhole);
        Assert.True((await ReadAsync(First)).IsWhole);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await ReadAsync(First)).IsWhole);
        Assert.True((await ReadAsync(First)).IsWhole);
    }

    [Fact]
    public async Task A_silo_that_is_new_makes_everything_be_read_once()
    {
        await FollowAsync(First);
        _feeds[Second].Tell(Changed("before anybody read"));

        Assert.False((await ReadAsync(First, Second)).IsWhole);
        Assert.True((await ReadAsync(First, Second)).IsWhole);
    }

    [Fact]
    public async Task A_silo_in_place_of_another_makes_everything_be_read_once()
    {
        await FollowAsync(First, Second);

        Assert.False((await ReadAsync(First, Third)).IsWhole);
        Assert.True((await ReadAsync(First, Third)).IsWhole);
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_makes_everything_be_read_until_it_has_answered_twice()
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
    public async Task What_was_read_and_not_accepted_makes_everything_be_read()
    {
        await FollowAsync(First);
        Assert.True((await _facts.ReadAsync()).IsWhole);
        Assert.False((await ReadAsync(First)).IsWhole);
    }

    [Fact]
    public async Task A_store_that_may_have_forgotten_makes_everything_be_read_once()
    {
        await FollowAsync(First, Second);
        _incarnation++;

        var news = await ReadAsync(First, Second);

        Assert.False(news.IsWhole);
        Assert.False(news.IsSameStore);
        Assert.True((await ReadAsync(First, Second)) is { IsWhole: true, IsSameStore: true });
    }

    [Fact]
    public async Task A_store_that_may_have_forgotten_is_not_taken_for_the_same_after_a_reading_that_failed()
    {
        await FollowAsync(First);
        (_incarnation, _fails) = (_incarnation + 1, true);
        await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(First));

        _fails = false;
        Assert.False((await ReadAsync(First)).IsSameStore);
    }

    private async Task FollowAsync(params SiloAddress[] silos)
    {
        await ReadAsync(silos);
        Assert.True((await ReadAsync(silos)).IsWhole);
    }

    private async Task<FactNews> ReadAsync(params SiloAddress[] silos)
    {
        _members = silos;
        var news = await _facts.ReadAsync();
        _facts.Accept(news);
        return news;
    }

    private static TenantChanged Changed(string tenantId) => new(FactKind.Tenants, tenantId);
}
