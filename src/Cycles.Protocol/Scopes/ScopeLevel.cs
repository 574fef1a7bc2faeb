namespace Cycles.Protocol.Scopes;

/// <summary>The levels of the hierarchy in canonical order (SCOPE DERIVATION).</summary>
public enum ScopeLevel
{
    /// <summary>The isolation boundary; the root of every scope path.</summary>
    Tenant,

    /// <summary>A workspace of the tenant.</summary>
    Workspace,

    /// <summary>An application.</summary>
    App,

    /// <summary>A workflow or run.</summary>
    Workflow,

    /// <summary>An agent.</summary>
    Agent,

    /// <summary>A set of tools.</summary>
    Toolset,
}
