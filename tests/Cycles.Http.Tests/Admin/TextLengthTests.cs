using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>
/// A maxLength of the schemas counts Unicode code points: each of these characters is one, and two of .NET's. Nothing here is answered again:
/// the validator that checks the answers counts like .NET.
/// </summary>
public sealed class TextLengthTests(ServerFixture server)
{
    private const string Character = "𝄞";

    private Api Api => server.Api;

    [Theory]
    [InlineData(512, HttpStatusCode.OK)]
    [InlineData(513, HttpStatusCode.BadRequest)]
    public async Task A_reason_has_512_characters_in_any_script(int length, HttpStatusCode status)
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await Api.PostAsync(
            $"/v1/admin/budgets/freeze?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, $$"""{"reason":"{{Repeat(length)}}"}""")).Expect(status);
    }

    [Theory]
    [InlineData(256, HttpStatusCode.OK)]
    [InlineData(257, HttpStatusCode.BadRequest)]
    public async Task An_idempotency_key_has_256(int length, HttpStatusCode status)
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await tenant.FundAsync("CREDIT", 1, $",\"idempotency_key\":\"{Repeat(length)}\"")).Expect(status);
        (await tenant.ReserveAsync(Repeat(length), 1)).Expect(status);
    }

    [Theory]
    [InlineData(128, HttpStatusCode.OK)]
    [InlineData(129, HttpStatusCode.BadRequest)]
    public async Task A_search_has_128(int length, HttpStatusCode status)
    {
        foreach (var list in new[] { "tenants", "budgets", "api-keys", "audit/logs" })
        {
            (await Api.GetAsync($"/v1/admin/{list}?search={Uri.EscapeDataString(Repeat(length))}", ServerProcess.AdminKey)).Expect(status);
        }
    }

    private static string Repeat(int length) => string.Concat(Enumerable.Repeat(Character, length));
}
