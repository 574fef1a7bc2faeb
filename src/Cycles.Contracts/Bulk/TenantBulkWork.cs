using Cycles.Contracts.Indexes;
using Cycles.Protocol.Tenants;

namespace Cycles.Contracts.Bulk;

/// <summary>POST /v1/admin/tenants/bulk-action.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Where">Which tenants: what the list of tenants means by it.</param>
[GenerateSerializer, Immutable, Alias("cycles.tenant-bulk-work")]
public sealed record TenantBulkWork([property: Id(0)] TenantBulkAction Action, [property: Id(1)] TenantQuery Where);
