namespace Cycles.Protocol.Validation;

/// <summary>How long a text is to the protocol: its schemas count Unicode code points, where .NET counts UTF-16 units.</summary>
public static class Characters
{
    /// <summary>Whether <paramref name="text"/> has more than <paramref name="max"/> code points.</summary>
    public static bool IsLonger(string? text, int max) => text?.Length > max && Count(text) > max;

    private static int Count(string text)
    {
        var count = 0;
        foreach (var unit in text)
        {
            // The second half of a pair belongs to the first.
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return count;
    }
}
