using System.Globalization;

namespace Cycles.Grains.Audit.Entries;

/// <summary>Ids of the audit log: <c>log_</c> and the 32 hex digits of a version 7 UUID, which begin with the time.</summary>
internal static class AuditLogIds
{
    public const string Prefix = "log_";

    public const int Digits = 32;

    public static string Create(DateTimeOffset now) => $"{Prefix}{Guid.CreateVersion7(now):N}";

    public static string Format(UInt128 id) => $"{Prefix}{id:x32}";

    public static bool TryParse(string text, out UInt128 id)
    {
        id = default;
        return text.Length == Prefix.Length + Digits
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && UInt128.TryParse(text.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id)
            && Format(id) == text;
    }
}
