namespace Cycles.Gateway.Hosting;

/// <summary>What a process says when it serves: where, and how to make the first reservation.</summary>
internal static class FirstSteps
{
    /// <param name="url">Where it listens.</param>
    /// <param name="place">Where the data is.</param>
    /// <param name="generatedAdminKey">The admin key when it was generated just now.</param>
    public static void Print(string url, string place, string? generatedAdminKey)
    {
        Console.WriteLine($"With its data in {place}, Cycles is ready on {url}");
        if (generatedAdminKey is not null)
        {
            Console.WriteLine($"""

                The admin key, shown this once (X-Admin-API-Key): {generatedAdminKey}
                """);
        }

        var adminKey = generatedAdminKey ?? "$ADMIN_KEY";
        Console.WriteLine($$$"""

            The first reservation:
              curl -sX POST {{{url}}}/v1/admin/tenants  -H "X-Admin-API-Key: {{{adminKey}}}" -H 'Content-Type: application/json' \
                -d '{"tenant_id":"acme","name":"Acme"}'
              curl -sX POST {{{url}}}/v1/admin/budgets  -H "X-Admin-API-Key: {{{adminKey}}}" -H 'Content-Type: application/json' \
                -d '{"tenant_id":"acme","scope":"tenant:acme","unit":"USD_MICROCENTS","allocated":{"unit":"USD_MICROCENTS","amount":100000000}}'
              curl -sX POST {{{url}}}/v1/admin/api-keys -H "X-Admin-API-Key: {{{adminKey}}}" -H 'Content-Type: application/json' \
                -d '{"tenant_id":"acme","name":"first"}'                                # answers the key_secret, once
              curl -sX POST {{{url}}}/v1/reservations   -H 'X-Cycles-API-Key: <key_secret>' -H 'Content-Type: application/json' \
                -d '{"idempotency_key":"1","subject":{"tenant":"acme"},"action":{"kind":"llm.completion","name":"gpt"},"estimate":{"unit":"USD_MICROCENTS","amount":4000000}}'

            """);
    }
}
