using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class BadRequestTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Theory]
    [InlineData("""not json""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("""{}""")]
    [InlineData("""{"idempotency_key":"1"}""")]
    [InlineData("""{"idempotency_key":"","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T","agent":"a b"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T","agent":"a/b"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T","robot":"a"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n","x":1},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"DOLLARS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":-1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1.5}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":"1"}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":9223372036854775808}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS"}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"ttl_ms":999}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"ttl_ms":86400001}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"grace_period_ms":60001}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"overage_policy":"MAYBE"}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"metadata":[]}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"surprise":1}""")]
    [InlineData("""{"idempotency_key":"1","idempotency_key":"2","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"idempotency_key":"1","subject":{"tenant":"T"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}} trailing""")]
    public async Task A_body_against_the_schema_is_refused_and_changes_nothing(string body)
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await Api.PostAsync("/v1/reservations", tenant.Key, body.Replace("\"T\"", $"\"{tenant.Id}\"", StringComparison.Ordinal)))
            .Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Equal(100, await tenant.AmountAsync("remaining"));
    }

    [Fact]
    public async Task Deeply_nested_JSON_is_refused()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 100)) + "1" + new string('}', 100);

        (await tenant.ReserveAsync("1", 1, $",\"metadata\":{deep}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task Too_long_strings_are_refused()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await tenant.ReserveAsync(new string('k', 257), 1)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.ReserveAsync("1", 1, subject: $",\"agent\":\"{new string('a', 129)}\"")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.ReserveAsync(new string('k', 256), 1, subject: $",\"agent\":\"{new string('a', 128)}\"")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await tenant.ReserveAsync("1", 1, $",\"metadata\":{{\"a\":\"{new string('a', 2_000_000)}\"}}")).Expect(HttpStatusCode.RequestEntityTooLarge, "INVALID_REQUEST");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("")]
    public async Task Another_media_type_is_415(string type)
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await Api.PostAsync("/v1/reservations", tenant.Key, tenant.Estimate("1", 1), ("Content-Type", type))).Expect(HttpStatusCode.UnsupportedMediaType, "INVALID_REQUEST");
    }

    [Fact]
    public async Task An_unknown_route_is_404_and_a_wrong_verb_405_with_what_is_allowed()
    {
        (await Api.GetAsync("/v1/nothing", string.Empty)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        (await Api.GetAsync("/", string.Empty)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        var answer = (await Api.SendAsync(HttpMethod.Delete, "/v1/reservations", string.Empty)).Expect(HttpStatusCode.MethodNotAllowed, "INVALID_REQUEST");

        Assert.Equal(["GET", "POST"], answer.Headers["Allow"].Split(',', StringSplitOptions.TrimEntries).Order());
    }

    [Fact]
    public async Task Ids_of_nothing_are_404_and_too_long_ones_400()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await tenant.GetAsync("/v1/reservations/whatever")).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        (await tenant.GetAsync($"/v1/reservations/rsv_{tenant.Id}_6b86b273ff34fce19d6b804eff5a3f57")).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        (await tenant.CommitAsync("rsv_nobody_6b86b273ff34fce19d6b804eff5a3f57", 1)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        (await tenant.GetAsync($"/v1/reservations/{new string('x', 129)}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }
}
