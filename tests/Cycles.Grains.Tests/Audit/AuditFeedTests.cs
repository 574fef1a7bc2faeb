using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Feed;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Tests.Audit;

public sealed class AuditFeedTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualTime _time = new();
    private readonly AuditFeed _feed;

    public AuditFeedTests() => _feed = new AuditFeed(_time);

    [Fact]
    public void Who_reads_for_the_first_time_is_told_that_something_may_be_missing()
    {
        _feed.Add([EntryOf("acme")]);

        var first = _feed.Read(default);

        Assert.True(first.IsGap);
        Assert.Empty(first.Rows);
    }

    [Fact]
    public void What_comes_between_two_readings_is_in_the_second_and_not_in_the_third()
    {
        var first = _feed.Read(default);
        AuditLogEntry[] entries = [EntryOf("acme"), EntryOf("globex")];
        _feed.Add(entries);
        _feed.Doubt("initech");
        _feed.Doubt("initech");

        var second = _feed.Read(first.Position);
        var third = _feed.Read(second.Position);

        Assert.False(second.IsGap);
        Assert.Equal(entries.Select(entry => entry.LogId), second.Rows.Select(row => row.LogId));
        Assert.Equal(["initech"], second.Doubtful);
        Assert.False(third.IsGap);
        Assert.Empty(third.Rows);
        Assert.Empty(third.Doubtful);
    }

    [Fact]
    public void Two_readers_each_get_all()
    {
        var first = _feed.Read(default);
        var other = _feed.Read(default);
        _feed.Add([EntryOf("acme")]);

        Assert.Single(_feed.Read(first.Position).Rows);
        Assert.Single(_feed.Read(other.Position).Rows);
    }

    [Fact]
    public void Who_comes_too_late_is_told_so()
    {
        var first = _feed.Read(default);
        for (var i = 0; i < AuditFeed.MostKept; i++)
        {
            _feed.Add([EntryOf("acme")]);
        }

        Assert.Equal(AuditFeed.MostKept, _feed.Read(first.Position).Rows.Length);
        _feed.Add([EntryOf("acme")]);
        Assert.True(_feed.Read(first.Position).IsGap);
    }

    [Fact]
    public void Entries_that_were_not_read_for_long_are_dropped_and_a_late_reader_is_told_so()
    {
        var first = _feed.Read(default);
        _time.Advance(TimeSpan.FromHours(1));
        _feed.Add([EntryOf("acme")]);
        _feed.Add([EntryOf("acme")]);

        Assert.True(_feed.Read(first.Position).IsGap);
    }

    private static AuditLogEntry EntryOf(string tenantId) => AuditEntries.Succeeded(
        Origin.System("test"), tenantId, AuditResources.Tenant, tenantId, Now);

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
