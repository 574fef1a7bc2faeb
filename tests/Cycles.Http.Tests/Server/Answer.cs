using System.Net;
using System.Text.Json.Nodes;

namespace Cycles.Http.Tests.Server;

/// <summary>An answer that the protocol allows: it was checked when it came.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode? this[string name] => Body[name];

    public string? Error => (string?)Body["error"];

    public string Text(string name) => (string)Body[name]!;

    public long Number(string name) => (long)Body[name]!;

    /// <summary>The amount of a member such as <c>charged</c>.</summary>
    public long Amount(string name) => (long)Body[name]!["amount"]!;

    /// <summary>A number of a scope's balance.</summary>
    public long Balance(string scopePath, string name) =>
        (long)Body["balances"]!.AsArray().Single(balance => (string)balance!["scope_path"]! == scopePath)![name]!["amount"]!;

    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)status} was wanted, {(int)Status} came: {Body.ToJsonString()}");
        return this;
    }

    public Answer Expect(HttpStatusCode status, string error)
    {
        Expect(status);
        Assert.Equal(error, Error);
        return this;
    }
}
