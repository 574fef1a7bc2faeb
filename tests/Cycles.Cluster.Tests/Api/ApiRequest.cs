namespace Cycles.Cluster.Tests.Api;

/// <summary>A request, kept as sent so that a retry is the same to the byte.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="TenantId">The tenant with whose key to ask; null asks with the admin key.</param>
/// <param name="Body">The JSON body, when there is one.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path, string? TenantId, string? Body = null)
{
    public static ApiRequest Get(string path, string? tenantId) => new(HttpMethod.Get, path, tenantId);

    public static ApiRequest Post(string path, string? tenantId, string body) => new(HttpMethod.Post, path, tenantId, body);
}
