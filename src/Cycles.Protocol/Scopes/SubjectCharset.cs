using System.Buffers;

namespace Cycles.Protocol.Scopes;

/// <summary>The characters of a subject's standard fields (schema <c>Subject</c>, CHARSET): outside it a path has no canonical form.</summary>
public static class SubjectCharset
{
    /// <summary>The set in words, for messages.</summary>
    public const string Description = "letters, digits, '_', '.' and '-'";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>Whether <paramref name="value"/> has no character outside the set.</summary>
    public static bool IsValid(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(Allowed);
}
