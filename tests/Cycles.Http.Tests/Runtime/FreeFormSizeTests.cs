using System.Net;
using System.Text;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

/// <summary>What a caller may write freely has a size: 16,384 bytes as JSON unless configured otherwise.</summary>
public sealed class FreeFormSizeTests(ServerFixture server)
{
    private const int Most = 16 * 1024;

    private static readonly string Largest = ObjectOf(Most);
    private static readonly string TooLarge = ObjectOf(Most + 1);

    private Api Api => server.Api;

    [Fact]
    public async Task Metadata_of_the_largest_size_is_kept_and_one_byte_more_is_refused_by_name()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        Expect(await tenant.ReserveAsync("r", 1, $@",""metadata"":{TooLarge}"), "metadata");
        Expect(await tenant.EventAsync("e", 1, $@",""metadata"":{TooLarge}"), "metadata");
        Expect(await tenant.EventAsync("e", 1, $@",""metrics"":{{""custom"":{TooLarge}}}"), "metrics.custom");
        var id = await tenant.ReservedAsync("r", 1, $@",""metadata"":{Largest}");
        var commit = $"/v1/reservations/{id}/commit";
        const string Actual = """{"idempotency_key":"c","actual":{"unit":"TOKENS","amount":1}""";
        Expect(await Api.PostAsync(commit, tenant.Key, $@"{Actual},""metadata"":{TooLarge}}}"), "metadata");
        Expect(await Api.PostAsync(commit, tenant.Key, $@"{Actual},""metrics"":{{""custom"":{TooLarge}}}}}"), "metrics.custom");
        (await Api.PostAsync(commit, tenant.Key, $@"{Actual},""metadata"":{Largest},""metrics"":{{""custom"":{Largest}}}}}")).Expect(HttpStatusCode.OK);
        Assert.Equal(1, await tenant.AmountAsync("spent"));
    }

    [Fact]
    public async Task The_size_counts_bytes_and_not_characters()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var text = new string('é', Most / 2);

        Assert.True(Encoding.UTF8.GetByteCount(text) <= Most);
        Expect(await tenant.ReserveAsync("r", 1, $@",""metadata"":{{""m"":""{text}""}}"), "metadata");
    }

    [Fact]
    public async Task Names_of_dimensions_count_too()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var name = new string('d', Most + 1);

        Expect(await tenant.ReserveAsync("r", 1, subject: $@",""dimensions"":{{""{name}"":""v""}}"), "subject.dimensions");
        (await tenant.ReserveAsync("r", 1, subject: $@",""dimensions"":{{""{name[..200]}"":""v""}}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metadata_of_a_budget_is_limited_when_it_is_made_and_when_it_is_changed()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var budget = $@"""tenant_id"":""{tenant.Id}"",""scope"":""{tenant.Root}/agent:a"",""unit"":""TOKENS"",""allocated"":{{""unit"":""TOKENS"",""amount"":1}}";

        Expect(await Api.PostAsync("/v1/admin/budgets", ServerProcess.AdminKey, $@"{{{budget},""metadata"":{TooLarge}}}"), "metadata");
        Expect(
            await Api.SendAsync(
                HttpMethod.Patch, $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, $@"{{""metadata"":{TooLarge}}}"),
            "metadata");
    }

    private static void Expect(Answer answer, string member)
    {
        answer.Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.Contains(member, answer.Text("message"));
        Assert.Contains("16384", answer.Text("message"));
    }

    private static string ObjectOf(int bytes) => $@"{{""m"":""{new string('x', bytes - 8)}""}}";
}
