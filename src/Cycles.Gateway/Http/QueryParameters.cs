using System.Globalization;
using System.Numerics;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Http;

/// <summary>Reads query parameters. A blank one counts as absent; a wrong one is INVALID_REQUEST; unknown ones are ignored.</summary>
internal readonly struct QueryParameters(IQueryCollection query)
{
    /// <summary>The most characters of a cursor: it holds what its row is sorted by.</summary>
    public const int MaxCursorLength = 8192;

    private const int MaxLength = 1024;
    private const int MaxSearchLength = 128;

    public string? Text(string name, int maxLength = MaxLength)
    {
        var values = query[name];
        if (values.Count == 0 || string.IsNullOrWhiteSpace(values[0]))
        {
            return null;
        }

        if (values.Count > 1)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} is given more than once");
        }

        if (Characters.IsLonger(values[0], maxLength))
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} must have at most {maxLength} characters");
        }

        return values[0];
    }

    /// <summary>What a list is searched for, at most 128 characters, without spaces around it.</summary>
    public string? Search() => Text("search", MaxSearchLength)?.Trim();

    public string Required(string name)
    {
        if (Text(name) is { } value)
        {
            return value;
        }

        Call.Refuse(ErrorCode.InvalidRequest, $"{name} is required");
        return null;
    }

    public Unit? Unit(string name = "unit")
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (!UnitNames.TryParse(text, out var unit))
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} must be one of {string.Join(", ", UnitNames.All.Select(UnitNames.ToWire))}");
        }

        return unit;
    }

    /// <summary>A value out of a few names.</summary>
    public T? Choice<T>(string name, params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var choice in choices)
        {
            if (choice.Name == text)
            {
                return choice.Value;
            }
        }

        var names = new List<string>(choices.Length);
        foreach (var choice in choices)
        {
            names.Add(choice.Name);
        }

        Call.Refuse(ErrorCode.InvalidRequest, $"{name} must be one of {string.Join(", ", names)}");
        return null;
    }

    /// <summary>One of a few names.</summary>
    public string? OneOf(string name, params string[] names)
    {
        var text = Text(name);
        if (text is not null && !names.Contains(text))
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} must be one of {string.Join(", ", names)}");
        }

        return text;
    }

    public bool? Flag(string name) => Choice(name, ("true", true), ("false", false));

    /// <summary>Whether smaller ones come first; descending when nothing is said.</summary>
    public bool IsAscending() => Choice("sort_dir", ("asc", true), ("desc", false)) ?? false;

    public double? Number(string name, double min, double max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number >= min && number <= max))
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} must be {min} to {max}");
        }

        return number;
    }

    /// <summary>A limit that is refused when it is out of range.</summary>
    public int Limit(int max, int byDefault = 50)
    {
        if (Text("limit") is not { } text)
        {
            return byDefault;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1 || limit > max)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"limit must be 1 to {max}");
        }

        return limit;
    }

    /// <summary>A limit that is brought into range; dashboards ask for more than a page.</summary>
    public int ClampedLimit(int max, int byDefault = 50)
    {
        if (Text("limit") is not { } text)
        {
            return byDefault;
        }

        if (!BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
        {
            Call.Refuse(ErrorCode.InvalidRequest, "limit must be a number");
        }

        return (int)BigInteger.Clamp(limit, 1, max);
    }

    /// <summary>A moment, in Unix milliseconds.</summary>
    public long? MomentMs(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // A '+' of an offset arrives as a space when the caller did not escape it.
        if (!Rfc3339.TryParse(text.Replace(' ', '+'), out var moment))
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} must be a date-time of RFC 3339 such as 2026-01-31T09:30:00Z");
        }

        return moment.ToUnixTimeMilliseconds();
    }
}
