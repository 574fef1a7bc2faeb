using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.ObjectPool;

namespace Cycles.Gateway.Http;

/// <summary>The body of an answer in memory that the next answer uses again.</summary>
internal sealed class ResponseBody : IDisposable
{
    /// <summary>
    /// Plain characters: an apostrophe and an umlaut stand as they are, and only what JSON demands is escaped. The framework's default escapes
    /// whatever could matter inside HTML; a body of ours is never HTML, as its media type and <c>nosniff</c> say.
    /// </summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const int MostBytesKept = 64 * 1024;

    private static readonly DefaultObjectPool<ResponseBody> Pool = new(new Reset(), maximumRetained: 256);

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _writer;

    private ResponseBody() => _writer = new Utf8JsonWriter(_bytes, WriterOptions);

    /// <summary>The body in UTF-8; valid until it is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>The body that says <paramref name="value"/>.</summary>
    public static ResponseBody Of<T>(T value, JsonTypeInfo<T> type)
    {
        var body = Pool.Get();
        JsonSerializer.Serialize(body._writer, value, type);
        return body;
    }

    public void Dispose() => Pool.Return(this);

    private sealed class Reset : PooledObjectPolicy<ResponseBody>
    {
        public override ResponseBody Create() => new();

        public override bool Return(ResponseBody body)
        {
            body._bytes.ResetWrittenCount();
            body._writer.Reset();
            return body._bytes.Capacity <= MostBytesKept;
        }
    }
}
