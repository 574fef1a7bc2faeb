namespace Cycles.Protocol.Reservations;

/// <summary>What is about to happen (schema <c>Action</c>).</summary>
[GenerateSerializer, Immutable, Alias("cycles.action")]
public sealed record ActionInfo
{
    /// <summary>Such as <c>llm.completion</c>; at most 64 characters.</summary>
    [Id(0)]
    public required string Kind { get; init; }

    /// <summary>Such as <c>openai:gpt-4o-mini</c>; at most 256 characters.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>At most 10 tags of at most 64 characters.</summary>
    [Id(2)]
    public List<string>? Tags { get; init; }
}
