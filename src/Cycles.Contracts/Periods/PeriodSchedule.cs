using Cycles.Protocol.Budgets;

namespace Cycles.Contracts.Periods;

/// <summary>How the periods of a budget are to recur.</summary>
/// <param name="Recurrence">How they follow each other.</param>
/// <param name="StartsAt">A moment at which one begins, UTC, in whole milliseconds; null for the calendar's.</param>
/// <param name="Allocated">What each begins with; null leaves it.</param>
/// <param name="RolloverPolicy">What becomes of the unused; null leaves it.</param>
[GenerateSerializer, Immutable, Alias("cycles.period-schedule")]
public sealed record PeriodSchedule(
    [property: Id(0)] Recurrence Recurrence,
    [property: Id(1)] DateTimeOffset? StartsAt,
    [property: Id(2)] long? Allocated,
    [property: Id(3)] RolloverPolicy? RolloverPolicy);
