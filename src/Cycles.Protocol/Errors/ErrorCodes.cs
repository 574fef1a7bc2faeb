using System.Text.Json;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Errors;

/// <summary>How error codes are named on the wire.</summary>
public static class ErrorCodes
{
    private static readonly string[] Names =
        Array.ConvertAll(Enum.GetValues<ErrorCode>(), code => JsonSerializer.SerializeToElement(code, ProtocolJson.Default.ErrorCode).GetString()!);

    /// <summary>The protocol's name of a code, such as <c>BUDGET_EXCEEDED</c>.</summary>
    public static string ToWire(this ErrorCode code) => Names[(int)code];
}
