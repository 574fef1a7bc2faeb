namespace Cycles.Protocol.Scopes;

/// <summary>Who acts (schema <c>Subject</c>): a bag of standard levels, of which at least one must be given, and free dimensions.</summary>
[GenerateSerializer, Immutable, Alias("cycles.subject")]
public sealed record Subject
{
    /// <summary>The tenant; must be the tenant of the key that the request carries.</summary>
    [Id(0)]
    public string? Tenant { get; init; }

    /// <summary>The workspace.</summary>
    [Id(1)]
    public string? Workspace { get; init; }

    /// <summary>The application.</summary>
    [Id(2)]
    public string? App { get; init; }

    /// <summary>The workflow or run.</summary>
    [Id(3)]
    public string? Workflow { get; init; }

    /// <summary>The agent.</summary>
    [Id(4)]
    public string? Agent { get; init; }

    /// <summary>The set of tools.</summary>
    [Id(5)]
    public string? Toolset { get; init; }

    /// <summary>At most 16 free pairs; kept and returned, not used for budgeting.</summary>
    [Id(6)]
    public Dictionary<string, string>? Dimensions { get; init; }

    /// <summary>The value at a level, or null when the subject does not name it.</summary>
    public string? this[ScopeLevel level] => level switch
    {
        ScopeLevel.Tenant => Tenant,
        ScopeLevel.Workspace => Workspace,
        ScopeLevel.App => App,
        ScopeLevel.Workflow => Workflow,
        ScopeLevel.Agent => Agent,
        ScopeLevel.Toolset => Toolset,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "not a level"),
    };
}
