using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

/// <summary>What is said of a body that is refused: where it is wrong, and what is allowed there, in plain characters.</summary>
public sealed class MessageTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Theory]
    [InlineData("""{}""", "$.idempotency_key, $.subject, $.action, $.estimate are missing")]
    [InlineData("""{"idempotency_key":"1","subject":{},"action":{"kind":"k"},"estimate":{"unit":"TOKENS","amount":1}}""", "$.action.name is missing")]
    [InlineData("""{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS"}}""", "$.estimate.amount is missing")]
    [InlineData(
        """{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"DOLLARS","amount":1}}""",
        "$.estimate.unit must be one of USD_MICROCENTS, TOKENS, CREDITS, RISK_POINTS")]
    [InlineData(
        """{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"overage_policy":"MAYBE"}""",
        "$.overage_policy must be one of REJECT, ALLOW_IF_AVAILABLE, ALLOW_WITH_OVERDRAFT")]
    [InlineData(
        """{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1.5}}""",
        "$.estimate.amount must be a whole number of 64 bits")]
    [InlineData("""{"idempotency_key":1,"subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""", "$.idempotency_key must be a string")]
    [InlineData("""{"idempotency_key":null,"subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""", "$.idempotency_key must not be null")]
    [InlineData("""{"idempotency_key":"1","subject":[],"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""", "$.subject must be an object")]
    [InlineData(
        """{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n","tags":["a",2]},"estimate":{"unit":"TOKENS","amount":1}}""",
        "$.action.tags[1] must be a string")]
    [InlineData(
        """{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"metadata":[]}""",
        "$.metadata must be an object")]
    [InlineData(
        """{"idempotency_key":"1","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1},"dry_run":"yes"}""",
        "$.dry_run must be true or false")]
    [InlineData(
        """{"idempotency_key":"1","subject":{"o'clock":"x"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""",
        "$.subject['o'clock'] is not a member of this schema")]
    [InlineData("""[]""", "$ must be an object")]
    [InlineData("""null""", "$ must be an object")]
    [InlineData("", "it is empty")]
    [InlineData("""{"a":1,"a":2}""", "a member stands twice in one object")]
    [InlineData("{\"a\":\n nonsense}", "it is not JSON in UTF-8 (line 2, byte 3)")]
    [InlineData(
        """{"idempotency_key":"\ud800","subject":{},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}""",
        "$.idempotency_key must be valid Unicode")]
    [InlineData("""{"\ud800":1}""", "it has a text that is not valid Unicode")]
    public async Task A_body_that_is_not_its_schema_is_told_where_and_what_is_allowed(string body, string message)
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        var answer = (await Api.PostAsync("/v1/reservations", tenant.Key, body)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Equal($"Malformed request body: {message}", answer.Text("message"));
    }

    [Fact]
    public async Task A_date_time_of_a_body_is_told_its_form()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        var answer = (await Api.PostAsync(
            "/v1/admin/api-keys", ServerProcess.AdminKey, $$"""{"tenant_id":"{{tenant.Id}}","name":"k","expires_at":"tomorrow"}""")).Expect(HttpStatusCode.BadRequest);

        Assert.Contains("$.expires_at must be a date-time of RFC 3339", answer.Text("message"));
    }

    [Fact]
    public async Task Bodies_have_plain_characters_and_are_marked_as_no_page()
    {
        using var http = new HttpClient { BaseAddress = Api.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/admin/tenants")
        {
            Content = new StringContent("""{"tenant_id":"x","name":"n","o'cl<ö>ck":1}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Admin-API-Key", ServerProcess.AdminKey);

        using var answer = await http.SendAsync(request);

        Assert.Contains("$['o'cl<ö>ck'] is not a member of this schema", await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }
}
