using CsCheck;
using Cycles.Grains.Budgets;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Tests.Journal;

/// <summary>What a reader of facts is told, and when it is told that something may be missing.</summary>
public sealed class FactFeedTests
{
    private const int Most = 4_096;

    private readonly ManualTime _time = new();
    private readonly FactFeed _feed;

    public FactFeedTests() => _feed = new FactFeed(Most, _time);

    [Fact]
    public void A_first_reader_is_told_that_something_may_be_missing()
    {
        _feed.Tell(Tenant("acme"));

        var first = _feed.Read(default);

        Assert.True(first.IsGap);
        Assert.Empty(first.Facts);
        Assert.True(_feed.IsRead);
    }

    [Fact]
    public void What_comes_between_two_readings_is_in_the_second_and_not_in_the_third()
    {
        var first = _feed.Read(default);
        Fact[] told = [Sealed("1"), Tenant("acme"), Sealed("2")];
        Array.ForEach(told, _feed.Tell);

        var second = _feed.Read(first.Now);
        var third = _feed.Read(second.Now);

        Assert.False(second.IsGap);
        Assert.Equal(told, second.Facts);
        Assert.False(third.IsGap);
        Assert.Empty(third.Facts);
    }

    [Fact]
    public void An_answer_that_was_lost_is_given_again()
    {
        var first = _feed.Read(default);
        _feed.Tell(Sealed("1"));

        Assert.Single(_feed.Read(first.Now).Facts);
        Assert.Single(_feed.Read(first.Now).Facts);
    }

    [Fact]
    public void Two_readers_each_are_told_all()
    {
        var first = _feed.Read(default);
        var other = _feed.Read(default);
        _feed.Tell(Sealed("1"));

        Assert.Single(_feed.Read(first.Now).Facts);
        Assert.Single(_feed.Read(other.Now).Facts);
    }

    [Fact]
    public void A_ledger_that_begins_or_ends_in_doubt_is_told_to_the_readers_of_every_kind()
    {
        var silo = new SiloFacts(_time);
        FactKind[] kinds = [FactKind.Budgets, FactKind.Tenants, FactKind.Audit];
        var begun = Array.ConvertAll(kinds, kind => silo.Of(kind).Read(default).Now);
        silo.Doubt("acme");

        Assert.All(
            kinds.Zip(begun),
            reader => Assert.Equal([new TenantChanged(reader.First, "acme")], silo.Of(reader.First).Read(reader.Second).Facts));
    }

    [Fact]
    public void Of_facts_with_one_subject_the_last_stands_for_all_in_its_place()
    {
        var first = _feed.Read(default);
        _feed.Tell(Tenant("acme"));
        _feed.Tell(Tenant("globex"));
        _feed.Tell(Tenant("acme"));

        Assert.Equal([Tenant("globex"), Tenant("acme")], _feed.Read(first.Now).Facts);
    }

    [Theory]
    [InlineData(BudgetPart.Record)]
    [InlineData(BudgetPart.Numbers)]
    public void A_budget_that_has_changed_in_two_ways_is_told_with_the_greater(object greater)
    {
        var first = _feed.Read(default);
        _feed.Tell(Budget((BudgetPart)greater));
        _feed.Tell(Budget(BudgetPart.Reserved));

        Assert.Equal([Budget((BudgetPart)greater)], _feed.Read(first.Now).Facts);
    }

    [Fact]
    public void A_change_that_was_read_does_not_make_the_next_one_greater()
    {
        var first = _feed.Read(default);
        _feed.Tell(Budget(BudgetPart.Record));
        var second = _feed.Read(first.Now);
        Assert.Equal([Budget(BudgetPart.Record)], _feed.Read(second.After).Facts);
        _feed.Read(second.Now);
        _feed.Tell(Budget(BudgetPart.Reserved));

        Assert.Equal([Budget(BudgetPart.Reserved)], _feed.Read(second.Now).Facts);

        // Another reader, which knows of neither, must not take the lesser for both.
        Assert.True(_feed.Read(first.Now).IsGap);
    }

    [Fact]
    public void A_reader_that_is_too_far_behind_is_told_so()
    {
        var first = _feed.Read(default);
        for (var i = 0; i < Most; i++)
        {
            _feed.Tell(Sealed($"{i}"));
        }

        Assert.Equal(Most, _feed.Read(first.Now).Facts.Length);
        _feed.Tell(Sealed("more"));
        Assert.False(_feed.IsRead);
        Assert.True(_feed.Read(first.Now).IsGap);
    }

    [Fact]
    public void What_was_read_makes_room_and_a_reader_that_is_behind_it_is_told_so()
    {
        var first = _feed.Read(default);
        var position = first.Now;
        for (var i = 0; i < Most * 3; i++)
        {
            _feed.Tell(Sealed($"{i}"));
            position = i % 100 == 0 ? _feed.Read(position).Now : position;
        }

        Assert.False(_feed.Read(position).IsGap);
        Assert.True(_feed.Read(first.Now).IsGap);
    }

    [Fact]
    public void Facts_that_nobody_reads_for_long_are_dropped_and_a_late_reader_is_told_so()
    {
        var first = _feed.Read(default);
        _feed.Tell(Sealed("1"));
        _time.Advance(TimeSpan.FromHours(1));
        _feed.Tell(Sealed("2"));

        Assert.False(_feed.IsRead);
        Assert.True(_feed.Read(first.Now).IsGap);
    }

    /// <summary>A reader that applies what it is told has what has happened, however often it asks, and from whatever position it asks again.</summary>
    [Fact]
    public void A_reader_that_applies_what_it_is_told_knows_the_latest_of_each_subject() => Gen.Select(
        Gen.Int[0, 9].Array[0, 60], Gen.Int[1, 12].Array[1, 12], Gen.Bool).Sample((subjects, pauses, asksAgain) =>
        {
            var feed = new FactFeed(Most, _time);
            var position = feed.Read(default).Now;
            var truth = new Dictionary<string, long>();
            var known = new Dictionary<string, long>();
            for (var i = 0; i < subjects.Length; i++)
            {
                var row = Row($"{subjects[i]}", i);
                feed.Tell(new ReservationChanged(row));
                truth[row.Id] = row.CreatedAtMs;
                if (i % pauses[i % pauses.Length] == 0)
                {
                    var page = feed.Read(position);
                    Apply(page);
                    position = asksAgain && i % 2 == 0 ? position : page.Now;
                }
            }

            Apply(feed.Read(position));
            Assert.Equal(truth.OrderBy(pair => pair.Key), known.OrderBy(pair => pair.Key));

            void Apply(FactPage page)
            {
                Assert.False(page.IsGap);
                foreach (var changed in page.Facts.OfType<ReservationChanged>())
                {
                    known[changed.Row.Id] = changed.Row.CreatedAtMs;
                }
            }
        });

    private static TenantChanged Tenant(string id) => new(FactKind.Tenants, id);

    private static ReservationsSealed Sealed(string id) => new([id]);

    private static BudgetChanged Budget(BudgetPart part) => new(new BudgetKey(ScopePath.FromCanonical("tenant:acme"), Unit.Tokens), part);

    private static ReservationRow Row(string id, long createdAtMs) => new(
        id, id, Protocol.Reservations.ReservationStatus.Active, "tenant:acme", new Amount(Unit.Tokens, 1), createdAtMs, 0, null);
}
