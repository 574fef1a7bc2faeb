using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Contracts.Keys;

/// <summary>Whose a secret is and what it may do, as of a moment ago.</summary>
/// <param name="Key">The key.</param>
/// <param name="TenantStatus">The state of its tenant.</param>
[GenerateSerializer, Immutable, Alias("cycles.authenticated-key")]
public sealed record AuthenticatedKey([property: Id(0)] ApiKey Key, [property: Id(1)] TenantStatus TenantStatus);
