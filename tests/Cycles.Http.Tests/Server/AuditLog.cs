using System.Net;
using System.Text.Json.Nodes;

namespace Cycles.Http.Tests.Server;

/// <summary>Reads the audit log as an auditor does.</summary>
internal sealed class AuditLog(Api api)
{
    public const string Path = "/v1/admin/audit/logs";

    public async Task<JsonNode[]> QueryAsync(string query) =>
        [.. (await api.GetAsync($"{Path}?{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["logs"]!.AsArray().OfType<JsonNode>()];

    /// <summary>The only entry of a request; that there is one is part of the fact.</summary>
    public async Task<JsonNode> OfRequestAsync(string requestId) => Assert.Single(await QueryAsync($"request_id={requestId}"));

    /// <summary>All entries of a query, page by page; every page but the last is full.</summary>
    public async Task<List<string>> PageThroughAsync(string query, int limit)
    {
        var ids = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = (await api.GetAsync(
                $"{Path}?{query}&limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
            var logs = page["logs"]!.AsArray();
            ids.AddRange(logs.Select(entry => (string)entry!["log_id"]!));
            cursor = (string?)page["next_cursor"];
            Assert.Equal(cursor is not null, (bool)page["has_more"]!);
            if (cursor is null)
            {
                return ids;
            }

            Assert.Equal(limit, logs.Count);
        }
    }
}
