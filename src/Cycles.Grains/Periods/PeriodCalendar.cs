using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Periods;

/// <summary>
/// The periods of a recurrence: numbered, without gaps, in UTC. Each is counted from the anchor and not from its neighbour, so that months
/// which began on the 31st do so again after a shorter one.
/// </summary>
internal static class PeriodCalendar
{
    private const int DaysOfWeek = 7;
    private const int MonthsOfYear = 12;

    // A Thursday; the Monday after it begins ISO weeks.
    private static readonly DateTimeOffset FirstDay = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset FirstMonday = FirstDay.AddDays(4);

    /// <summary>The moment from which periods are counted when none is given: midnight, for weeks on a Monday, for months on a 1st.</summary>
    public static DateTimeOffset DefaultAnchor(Recurrence recurrence) => recurrence switch
    {
        Recurrence.Daily or Recurrence.Monthly => FirstDay,
        Recurrence.Weekly => FirstMonday,
        _ => throw new ArgumentOutOfRangeException(nameof(recurrence), recurrence, "not a recurrence"),
    };

    /// <summary>When a period begins, which is when the one before it ends.</summary>
    /// <param name="recurrence">How periods follow each other.</param>
    /// <param name="anchor">When period 0 begins.</param>
    /// <param name="index">The period's number; negative before the anchor.</param>
    public static DateTimeOffset StartOf(Recurrence recurrence, DateTimeOffset anchor, long index) => recurrence switch
    {
        Recurrence.Daily => anchor.AddDays(index),
        Recurrence.Weekly => anchor.AddDays(DaysOfWeek * index),
        Recurrence.Monthly => anchor.AddMonths(checked((int)index)),
        _ => throw new ArgumentOutOfRangeException(nameof(recurrence), recurrence, "not a recurrence"),
    };

    /// <summary>The number of the period that <paramref name="moment"/> lies in; a period's end belongs to the next one.</summary>
    public static long IndexOf(Recurrence recurrence, DateTimeOffset anchor, DateTimeOffset moment)
    {
        var index = recurrence switch
        {
            Recurrence.Daily => (moment - anchor).Ticks / TimeSpan.TicksPerDay,
            Recurrence.Weekly => (moment - anchor).Ticks / (DaysOfWeek * TimeSpan.TicksPerDay),
            Recurrence.Monthly => (MonthsOfYear * (moment.UtcDateTime.Year - anchor.UtcDateTime.Year)) + moment.UtcDateTime.Month - anchor.UtcDateTime.Month,
            _ => throw new ArgumentOutOfRangeException(nameof(recurrence), recurrence, "not a recurrence"),
        };

        // Divided towards zero, and counted by the month's name: it may be one too many, never one too few.
        return StartOf(recurrence, anchor, index) > moment ? index - 1 : index;
    }
}
