using System.Text.Json.Serialization;
using Cycles.Contracts.Audit;

namespace Cycles.Grains.Records;

/// <summary>
/// The close of a tenant as it stands in the store: written in the transaction that makes the tenant CLOSED, so that whatever crashes
/// after that, somebody knows that its objects must end, and for whom.
/// </summary>
[GenerateSerializer, Immutable, Alias("cycles.tenant-close")]
internal sealed record TenantClose
{
    /// <summary>Whose.</summary>
    [Id(0)]
    public required string TenantId { get; init; }

    /// <summary>Who asked for the close.</summary>
    [Id(1)]
    public required Origin Origin { get; init; }

    /// <summary>When the tenant was closed.</summary>
    [Id(2)]
    public required DateTimeOffset ClosedAt { get; init; }

    /// <summary>When everything that the tenant owned had ended; null until then.</summary>
    [Id(3)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What ties together all that the close changes (CASCADE SEMANTICS).</summary>
    [JsonIgnore]
    public string CorrelationId => $"tenant_close_cascade:{TenantId}:{Origin.RequestId}";
}
