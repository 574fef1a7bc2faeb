using Cycles.Contracts.Periods;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Periods;

/// <summary>The period of a budget: pure, from one record to the next. Moments count in whole milliseconds, as everywhere in this system.</summary>
internal static class PeriodRules
{
    /// <summary>When the budget must be rolled at the earliest, in Unix milliseconds; null when it never must.</summary>
    public static long? EndsAtMs(this BudgetRecord record) =>
        record.Status == BudgetStatus.Closed ? null : record.PeriodEnd?.ToUnixTimeMilliseconds();

    /// <summary>Whether the budget's period has ended.</summary>
    public static bool IsPeriodOver(this BudgetRecord record, long nowMs) => record.EndsAtMs() <= nowMs;

    /// <summary>The period that runs now, after one that has ended. A period that does not recur is followed by one without an end.</summary>
    /// <param name="record">The budget, whose period has ended.</param>
    /// <param name="now">The time.</param>
    /// <param name="periods">How many periods have ended since; more than one when nobody rolled them in time.</param>
    public static BudgetRecord Next(BudgetRecord record, DateTimeOffset now, out long periods)
    {
        var end = record.PeriodEnd ?? throw new ArgumentException("it has no end", nameof(record));
        if (record.Recurrence is not { } recurrence)
        {
            periods = 1;
            return record with { PeriodStart = end, PeriodEnd = null, UpdatedAt = now };
        }

        var anchor = AnchorOf(record, recurrence);
        var index = PeriodCalendar.IndexOf(recurrence, anchor, now);
        periods = index - PeriodCalendar.IndexOf(recurrence, anchor, end) + 1;
        return record with
        {
            PeriodStart = PeriodCalendar.StartOf(recurrence, anchor, index),
            PeriodEnd = PeriodCalendar.StartOf(recurrence, anchor, index + 1),
            UpdatedAt = now,
        };
    }

    /// <summary>
    /// Makes the periods recur. The one that runs now goes on with its numbers; it ends where the schedule begins, when that lies ahead.
    /// </summary>
    /// <param name="record">The budget.</param>
    /// <param name="allocatedNow">What is allocated now.</param>
    /// <param name="schedule">What was asked for.</param>
    /// <param name="now">The time.</param>
    /// <returns>The same record when it is like that already.</returns>
    public static BudgetRecord Schedule(BudgetRecord record, long allocatedNow, PeriodSchedule schedule, DateTimeOffset now)
    {
        var next = record with
        {
            Recurrence = schedule.Recurrence,
            PeriodAnchor = schedule.StartsAt,
            PeriodAllocated = schedule.Allocated ?? record.PeriodAllocated ?? allocatedNow,
            RolloverPolicy = schedule.RolloverPolicy ?? record.RolloverPolicy,
        };
        if (schedule.StartsAt is { } start && start > now)
        {
            next = next with { PeriodStart = record.PeriodStart <= now ? record.PeriodStart : record.CreatedAt, PeriodEnd = start };
        }
        else
        {
            var anchor = AnchorOf(next, schedule.Recurrence);
            var index = PeriodCalendar.IndexOf(schedule.Recurrence, anchor, now);
            next = next with
            {
                PeriodStart = PeriodCalendar.StartOf(schedule.Recurrence, anchor, index),
                PeriodEnd = PeriodCalendar.StartOf(schedule.Recurrence, anchor, index + 1),
            };
        }

        return next == record ? record : next with { UpdatedAt = now };
    }

    /// <summary>Takes the period away; the numbers stay.</summary>
    /// <returns>The same record when it has none.</returns>
    public static BudgetRecord Unschedule(BudgetRecord record, DateTimeOffset now) =>
        record is { PeriodStart: null, PeriodEnd: null, Recurrence: null }
            ? record
            : record with { PeriodStart = null, PeriodEnd = null, Recurrence = null, PeriodAnchor = null, PeriodAllocated = null, UpdatedAt = now };

    /// <summary>RESET and RESET_SPENT say what the budget is from now on, so they also say what its periods begin with; other fundings are for once.</summary>
    public static BudgetRecord Funded(BudgetRecord record, FundingOperation operation, long amount) =>
        record.PeriodAllocated is not null && operation is FundingOperation.Reset or FundingOperation.ResetSpent
            ? record with { PeriodAllocated = amount }
            : record;

    private static DateTimeOffset AnchorOf(BudgetRecord record, Recurrence recurrence) =>
        record.PeriodAnchor ?? PeriodCalendar.DefaultAnchor(recurrence);
}
