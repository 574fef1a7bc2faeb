using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Contracts.Decisions;

/// <summary>A validated POST /v1/decide.</summary>
/// <param name="Id">The id that derives from the tenant and the idempotency key.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Scopes">The derived scopes, root first.</param>
/// <param name="Estimate">What the action may cost.</param>
[GenerateSerializer, Immutable, Alias("cycles.decide")]
public sealed record DecideCommand(
    [property: Id(0)] string Id,
    [property: Id(1)] string TenantId,
    [property: Id(2)] string PayloadHash,
    [property: Id(3)] ScopePath[] Scopes,
    [property: Id(4)] Amount Estimate);
