using Cycles.Protocol.Amounts;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Validation;

/// <summary>The constraints that the schemas put on single members. Each answers what is wrong, or null.</summary>
internal static class Check
{
    private const int MaxKeyLength = 256;
    private const int MaxDimensions = 16;
    private const int MaxDimensionLength = 256;

    public static Problem? First(params ReadOnlySpan<string?> problems)
    {
        foreach (var problem in problems)
        {
            if (problem is not null)
            {
                return new Problem(ErrorCode.InvalidRequest, problem);
            }
        }

        return null;
    }

    public static string? IdempotencyKey(string key) =>
        key.Length == 0 || Characters.IsLonger(key, MaxKeyLength) ? $"idempotency_key must have 1 to {MaxKeyLength} characters" : null;

    public static string? Length(string name, string? value, int max) =>
        Characters.IsLonger(value, max) ? $"{name} must have at most {max} characters" : null;

    public static string? Filled(string name, string value, int max) =>
        value.Length == 0 || string.IsNullOrWhiteSpace(value) ? $"{name} must not be empty" : Length(name, value, max);

    public static string? Range(string name, long? value, long min, long max) =>
        value is { } number && (number < min || number > max) ? $"{name} must be {min} to {max}" : null;

    public static string? NotNegative(string name, long? value) => value < 0 ? $"{name} must not be negative" : null;

    public static string? AtLeastOne(string name, long? value) => value < 1 ? $"{name} must be at least 1" : null;

    public static string? Amount(string name, Amount? amount) => NotNegative($"{name}.amount", amount?.Value);

    public static string? Subject(Subject subject)
    {
        var isEmpty = true;
        foreach (var level in Enum.GetValues<ScopeLevel>())
        {
            if (subject[level] is not { } value)
            {
                continue;
            }

            isEmpty = false;
            if (value.Length is 0 or > ScopePath.MaxValueLength || !SubjectCharset.IsValid(value))
            {
                return $"subject.{ScopeLevels.NameOf(level)} must have 1 to {ScopePath.MaxValueLength} characters out of {SubjectCharset.Description}";
            }
        }

        return isEmpty ? $"subject must name at least one of {ScopeLevels.Known}" : Dimensions(subject.Dimensions);
    }

    public static string? Action(Reservations.ActionInfo action)
    {
        if (Length("action.kind", action.Kind, 64) is { } kind)
        {
            return kind;
        }

        if (Length("action.name", action.Name, 256) is { } name)
        {
            return name;
        }

        if (action.Tags is not { } tags)
        {
            return null;
        }

        return tags.Count > 10 || tags.Exists(tag => tag is null || Characters.IsLonger(tag, 64))
            ? "action.tags must be at most 10 tags of at most 64 characters"
            : null;
    }

    public static string? Metrics(Reservations.StandardMetrics? metrics) => metrics is null
        ? null
        : NotNegative("metrics.tokens_input", metrics.TokensInput)
            ?? NotNegative("metrics.tokens_output", metrics.TokensOutput)
            ?? NotNegative("metrics.latency_ms", metrics.LatencyMs)
            ?? Length("metrics.model_version", metrics.ModelVersion, 128);

    private static string? Dimensions(Dictionary<string, string>? dimensions)
    {
        if (dimensions is null)
        {
            return null;
        }

        return dimensions.Count > MaxDimensions || dimensions.Any(pair => pair.Value is null || Characters.IsLonger(pair.Value, MaxDimensionLength))
            ? $"subject.dimensions must be at most {MaxDimensions} strings of at most {MaxDimensionLength} characters"
            : null;
    }
}
