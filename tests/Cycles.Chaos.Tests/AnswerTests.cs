using System.Text.Json.Nodes;
using Cycles.Chaos.Checks;
using Cycles.Chaos.Load;

namespace Cycles.Chaos.Tests;

/// <summary>The checker of answers finds errors that are planted.</summary>
public sealed class AnswerTests
{
    private static readonly Request Commit = Request.Commit("secret", "rsv_a_1", 5, Request.Unit, "key");

    [Fact]
    public void The_same_answer_again_is_right_whatever_time_is_left() =>
        Assert.Null(new Acknowledged(Commit, Of(200, """{"charged":5,"remaining_ttl_ms":10}""")).Compare(Of(200, """{"charged":5,"remaining_ttl_ms":9}""")));

    [Theory]
    [InlineData(200, """{"charged":6}""")]
    [InlineData(409, """{"charged":5}""")]
    [InlineData(500, """{"error":"INTERNAL_ERROR"}""")]
    public void Another_answer_under_the_same_key_is_found(int status, string body) =>
        Assert.NotNull(new Acknowledged(Commit, Of(200, """{"charged":5}""")).Compare(Of(status, body)));

    [Theory]
    [InlineData(200, """{"status":"ACTIVE"}""", true)]
    [InlineData(404, """{"error":"NOT_FOUND"}""", true)]
    [InlineData(200, """{"status":"COMMITTED"}""", false)]
    public void A_settlement_that_was_lost_is_found(int status, string body, bool isWrong) =>
        Assert.Equal(isWrong, new Settled("rsv_a_1", "COMMITTED").Compare(Of(status, body)) is not null);

    [Fact]
    public void A_request_without_a_key_is_not_repeated_and_one_with_a_key_is()
    {
        Assert.True(Commit.MayRepeat);
        Assert.True(Request.Fund("a", "tenant:a", "CREDIT", 1, "key").MayRepeat);
        Assert.False(Request.Fund("a", "tenant:a", "CREDIT", 1, null).MayRepeat);
    }

    private static Answer Of(int status, string body) => new(status, JsonNode.Parse(body) as JsonObject);
}
