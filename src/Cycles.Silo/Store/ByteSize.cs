using System.Globalization;

namespace Cycles.Silo.Store;

/// <summary>Sizes such as <c>256m</c>: a whole number of bytes, or of k, m, g or t (powers of 1,024).</summary>
internal static class ByteSize
{
    /// <summary>The size in bytes; null when it is none.</summary>
    public static long? Parse(string? text)
    {
        var trimmed = (text ?? string.Empty).TrimEnd('b', 'B');
        var shift = trimmed.Length == 0 ? 0 : char.ToLowerInvariant(trimmed[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0 };
        var digits = shift > 0 ? trimmed[..^1] : trimmed;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift
            ? number << shift
            : null;
    }
}
