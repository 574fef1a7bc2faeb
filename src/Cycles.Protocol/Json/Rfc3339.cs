using System.Globalization;

namespace Cycles.Protocol.Json;

/// <summary>
/// A moment as the protocol writes it (format <c>date-time</c>, RFC 3339): a date, a time with seconds, an offset. What the framework's parsers
/// also take says no moment: a time without an offset would be one of the server's own time zone, and the same key would expire at another
/// time on another machine.
/// </summary>
public static class Rfc3339
{
    // 2026-01-02T03:04:05Z
    private const int MinLength = 20;
    private const int SecondsEnd = 19;
    private const int OffsetLength = 6;
    private const int TickDigits = 7;

    /// <summary>Reads a moment; what is finer than 100 ns is cut off, and a leap second is none that .NET could tell.</summary>
    /// <param name="text">The text.</param>
    /// <param name="moment">The moment, in UTC.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset moment)
    {
        moment = default;
        if (text.Length < MinLength
            || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':'
            || !TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month) || !TryNumber(text[8..10], out var day)
            || !TryNumber(text[11..13], out var hour) || !TryNumber(text[14..16], out var minute) || !TryNumber(text[17..SecondsEnd], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59
            || !TryFraction(text[SecondsEnd..], out var fraction, out var rest)
            || !TryOffset(rest, out var offset))
        {
            return false;
        }

        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + fraction - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        moment = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text[0] != '.')
        {
            return true;
        }

        var digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (digits < 1)
        {
            return false;
        }

        for (var i = 1; i <= TickDigits; i++)
        {
            ticks = (ticks * 10) + (i <= digits ? text[i] - '0' : 0);
        }

        rest = text[(digits + 1)..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (text.Length != OffsetLength || text[0] is not ('+' or '-') || text[3] != ':'
            || !TryNumber(text[1..3], out var hours) || !TryNumber(text[4..], out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
