using System.Text.Json;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Json;
using ErrorCode = Cycles.Protocol.Errors.ErrorCode;

namespace Cycles.Protocol.Tests.Json;

public sealed class EnumNamesTests
{
    [Fact]
    public void Every_value_is_written_by_its_name_and_read_back()
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            var json = JsonSerializer.Serialize(code, ProtocolJson.Default.ErrorCode);

            Assert.Matches("^\"[A-Z_]+\"$", json);
            Assert.Equal(code, JsonSerializer.Deserialize(json, ProtocolJson.Default.ErrorCode));
        }

        Assert.Equal("\"USD_MICROCENTS\"", JsonSerializer.Serialize(Unit.UsdMicrocents, ProtocolJson.Default.Unit));
    }

    [Theory]
    [InlineData("\"CREDIT\"", FundingOperation.Credit)]
    [InlineData("\"\\u0043REDIT\"", FundingOperation.Credit)]
    [InlineData("\"RESET_SPENT\"", FundingOperation.ResetSpent)]
    public void A_name_is_read(string json, FundingOperation operation) =>
        Assert.Equal(operation, JsonSerializer.Deserialize(json, ProtocolJson.Default.FundingOperation));

    [Theory]
    [InlineData("\"credit\"")]
    [InlineData("\"Credit\"")]
    [InlineData("\"ResetSpent\"")]
    [InlineData("\" CREDIT\"")]
    [InlineData("\"CREDIT,DEBIT\"")]
    [InlineData("\"0\"")]
    [InlineData("\"\"")]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    public void What_is_no_name_is_not(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(json, ProtocolJson.Default.FundingOperation));

    [Fact]
    public void What_is_no_value_is_not_written() =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Serialize((Unit)9, ProtocolJson.Default.Unit));
}
