using System.Buffers;
using System.Text.Json;
using Cycles.Protocol.Json;

namespace Cycles.Gateway.Http;

/// <summary>Says why a body cannot be read as JSON. Runs only when it was refused.</summary>
internal static class SyntaxFault
{
    private const int AnyDepth = 100_000_000;

    /// <summary>Words for the caller.</summary>
    /// <param name="content">The body.</param>
    /// <param name="exception">What the strict reading of it ended with.</param>
    public static string Describe(ReadOnlySequence<byte> content, JsonException exception)
    {
        if (content.IsEmpty)
        {
            return "it is empty";
        }

        if (CanParse(content, ProtocolJson.MaxDepth))
        {
            return "a member stands twice in one object";
        }

        return CanParse(content, AnyDepth)
            ? $"it is nested more than {ProtocolJson.MaxDepth} levels deep"
            : $"it is not JSON in UTF-8 (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})";
    }

    private static bool CanParse(ReadOnlySequence<byte> content, int maxDepth)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = maxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
