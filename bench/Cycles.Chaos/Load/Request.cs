using System.Text.Json.Nodes;

namespace Cycles.Chaos.Load;

/// <summary>A request, kept as sent so that a repetition is the same to the byte.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Secret">The API key to ask with; null asks with the admin key.</param>
/// <param name="Body">The JSON body, when there is one.</param>
/// <param name="MayRepeat">Whether a repetition does no harm: it reads, or has an idempotency key, or says what should be.</param>
internal sealed record Request(HttpMethod Method, string Path, string? Secret, string? Body, bool MayRepeat)
{
    public const string Unit = "USD_MICROCENTS";

    /// <summary>What the report calls it.</summary>
    public string Kind => $"{Method} {Path.Split('?')[0].Split('/')[^1]}{(MayRepeat ? "" : " without key")}";

    public static Request Get(string path, string? secret = null) => new(HttpMethod.Get, path, secret, null, MayRepeat: true);

    public static Request Post(string path, string? secret, JsonObject body) =>
        new(HttpMethod.Post, path, secret, body.ToJsonString(), body.ContainsKey("idempotency_key"));

    public static Request Reserve(string secret, string scope, long amount, string unit, string key) => Post("/v1/reservations", secret, new JsonObject
    {
        ["idempotency_key"] = key,
        ["subject"] = Subject(scope),
        ["action"] = new JsonObject { ["kind"] = "llm.completion", ["name"] = "chaos" },
        ["estimate"] = Amount(amount, unit),
        ["ttl_ms"] = 3_600_000,
    });

    public static Request Release(string secret, string reservationId, string key) =>
        Post($"/v1/reservations/{reservationId}/release", secret, new JsonObject { ["idempotency_key"] = key });

    public static Request Commit(string secret, string reservationId, long actual, string unit, string key) =>
        Post($"/v1/reservations/{reservationId}/commit", secret, new JsonObject { ["idempotency_key"] = key, ["actual"] = Amount(actual, unit) });

    /// <summary>CREDIT or DEBIT; without a key a caller that repeats it may do it again.</summary>
    public static Request Fund(string tenantId, string scope, string operation, long amount, string? key)
    {
        var body = new JsonObject { ["operation"] = operation, ["amount"] = Amount(amount, Unit) };
        if (key is not null)
        {
            body["idempotency_key"] = key;
        }

        return Post($"/v1/admin/budgets/fund?scope={Uri.EscapeDataString(scope)}&unit={Unit}&tenant_id={tenantId}", null, body);
    }

    public static JsonObject Amount(long amount, string unit) => new() { ["unit"] = unit, ["amount"] = amount };

    private static JsonObject Subject(string scope)
    {
        var subject = new JsonObject();
        foreach (var segment in scope.Split('/'))
        {
            var parts = segment.Split(':');
            subject[parts[0]] = parts[1];
        }

        return subject;
    }
}
