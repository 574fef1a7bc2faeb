using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Records;

/// <summary>The tenant's record as it stands in the store.</summary>
internal static class TenantRecords
{
    public static byte[] Format(Tenant tenant) => GrainJson.Write(tenant, GrainJson.Default.Tenant);

    /// <exception cref="System.Text.Json.JsonException">The record is malformed: the caller must refuse.</exception>
    public static Tenant Parse(byte[] json) => GrainJson.Read(json, GrainJson.Default.Tenant);
}
