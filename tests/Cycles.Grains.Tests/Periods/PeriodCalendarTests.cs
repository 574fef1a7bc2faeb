using System.Globalization;
using CsCheck;
using Cycles.Grains.Periods;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Periods;

public sealed class PeriodCalendarTests
{
    private const int Cases = 20_000;

    private static readonly Gen<DateTimeOffset> Moment =
        Gen.Long[0, (long)TimeSpan.FromDays(365 * 400).TotalMilliseconds].Select(ms => new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(ms));

    [Theory]
    [InlineData(Recurrence.Daily, "2026-11-25T13:14:15Z", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData(Recurrence.Daily, "2026-12-31T23:59:59Z", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData(Recurrence.Weekly, "2026-11-25T13:14:15Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z")]
    [InlineData(Recurrence.Weekly, "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z")]
    [InlineData(Recurrence.Weekly, "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData(Recurrence.Monthly, "2026-11-25T13:14:15Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData(Recurrence.Monthly, "2028-02-29T13:14:15Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    public void The_calendars_periods_begin_at_midnight_on_Monday_and_on_the_first(Recurrence recurrence, string now, string start, string end) =>
        Is(recurrence, PeriodCalendar.DefaultAnchor(recurrence), now, start, end);

    [Theory]
    [InlineData("2026-01-31T06:00:00Z", "2026-02-10T00:00:00Z", "2026-01-31T06:00:00Z", "2026-02-28T06:00:00Z")]
    [InlineData("2026-01-31T06:00:00Z", "2026-02-28T05:59:59Z", "2026-01-31T06:00:00Z", "2026-02-28T06:00:00Z")]
    [InlineData("2026-01-31T06:00:00Z", "2026-02-28T06:00:00Z", "2026-02-28T06:00:00Z", "2026-03-31T06:00:00Z")]
    [InlineData("2026-01-31T06:00:00Z", "2026-04-30T12:00:00Z", "2026-04-30T06:00:00Z", "2026-05-31T06:00:00Z")]
    [InlineData("2026-01-31T06:00:00Z", "2028-03-01T00:00:00Z", "2028-02-29T06:00:00Z", "2028-03-31T06:00:00Z")]
    [InlineData("2026-01-29T00:00:00Z", "2027-03-01T00:00:00Z", "2027-02-28T00:00:00Z", "2027-03-29T00:00:00Z")]
    [InlineData("2026-01-30T00:00:00Z", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z")]
    [InlineData("2026-08-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")]
    public void Months_that_begin_on_a_day_that_some_months_lack_begin_on_their_last_day(string anchor, string now, string start, string end) =>
        Is(Recurrence.Monthly, Parse(anchor), now, start, end);

    [Fact]
    public void Periods_leave_no_gap_and_a_moment_lies_in_the_one_that_it_is_counted_to() => Gen.Select(
        Gen.Enum<Recurrence>(), Moment, Moment).Sample(
        (recurrence, anchor, moment) =>
        {
            var index = PeriodCalendar.IndexOf(recurrence, anchor, moment);
            var start = PeriodCalendar.StartOf(recurrence, anchor, index);
            var end = PeriodCalendar.StartOf(recurrence, anchor, index + 1);

            return start <= moment && moment < end
                && PeriodCalendar.IndexOf(recurrence, anchor, start) == index
                && PeriodCalendar.IndexOf(recurrence, anchor, end) == index + 1
                && PeriodCalendar.StartOf(recurrence, anchor, 0) == anchor;
        },
        iter: Cases);

    private static void Is(Recurrence recurrence, DateTimeOffset anchor, string now, string start, string end)
    {
        var index = PeriodCalendar.IndexOf(recurrence, anchor, Parse(now));

        Assert.Equal(Parse(start), PeriodCalendar.StartOf(recurrence, anchor, index));
        Assert.Equal(Parse(end), PeriodCalendar.StartOf(recurrence, anchor, index + 1));
    }

    private static DateTimeOffset Parse(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}
