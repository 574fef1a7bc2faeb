using System.Text.Json.Nodes;

namespace Cycles.Faults.Tests;

/// <summary>Walks over the pages of a list of the admin plane.</summary>
internal static class Pages
{
    /// <summary>How many rows count.</summary>
    public static async Task<long> CountAsync(FaultWorld world, string path, string member, Func<JsonNode, bool> counts)
    {
        var count = 0L;
        string? cursor = null;
        do
        {
            var page = await world.GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}");
            count += page[member]!.AsArray().Count(row => counts(row!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        return count;
    }
}
