using System.Globalization;

namespace Cycles.Grains.Audit.Entries;

/// <summary>Days of the audit log, UTC: in the store <c>20260401</c>, in memory the day's number since year 1.</summary>
internal static class AuditDays
{
    private const string Format = "yyyyMMdd";

    public static int NumberOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime).DayNumber;

    public static string ToText(int number) => DateOnly.FromDayNumber(number).ToString(Format, CultureInfo.InvariantCulture);

    public static int Parse(string text) => DateOnly.ParseExact(text, Format, CultureInfo.InvariantCulture).DayNumber;
}
