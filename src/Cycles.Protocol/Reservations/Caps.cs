namespace Cycles.Protocol.Reservations;

/// <summary>Soft constraints that go with ALLOW_WITH_CAPS (schema <c>Caps</c>). A non-empty allow list wins over the deny list.</summary>
[GenerateSerializer, Immutable, Alias("cycles.caps")]
public sealed record Caps
{
    /// <summary>The most tokens; at least 0.</summary>
    [Id(0)]
    public long? MaxTokens { get; init; }

    /// <summary>The most further steps; at least 0.</summary>
    [Id(1)]
    public long? MaxStepsRemaining { get; init; }

    /// <summary>Only these tools, when not empty.</summary>
    [Id(2)]
    public string[]? ToolAllowlist { get; init; }

    /// <summary>All tools but these.</summary>
    [Id(3)]
    public string[]? ToolDenylist { get; init; }

    /// <summary>A pause before the next action, in milliseconds; at least 0.</summary>
    [Id(4)]
    public long? CooldownMs { get; init; }
}
