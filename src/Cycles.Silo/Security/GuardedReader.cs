using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Cycles.Silo.Security;

/// <summary>
/// Lets a connection read only a preamble and messages that its guard has passed: each is looked at as soon as it, or its header, is there,
/// which is before Orleans can take it. Nothing is copied but what lies in two pieces of memory.
/// </summary>
/// <param name="inner">Reads what the client sends.</param>
/// <param name="guard">Passes messages.</param>
/// <param name="refused">Told why one was not passed; the connection ends then.</param>
internal sealed class GuardedReader(PipeReader inner, MessageGuard guard, Action<string> refused) : PipeReader
{
    private const int MaxPreambleLength = 1024;

    // The ids stand at the beginning; no id is nearly as long.
    private const int MaxInspected = 16 * 1024;

    private ReadOnlySequence<byte> _buffer;
    private bool _isPreamblePast;

    /// <summary>Where the next message begins, from the start of <see cref="_buffer"/>; it may lie behind its end.</summary>
    private long _next;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await inner.ReadAsync(cancellationToken);
        Inspect(result.Buffer);
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        Inspect(result.Buffer);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _next -= _buffer.Slice(_buffer.Start, consumed).Length;
        if (_next < 0)
        {
            throw new InvalidOperationException("what the guard has not looked at was read");
        }

        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private void Inspect(ReadOnlySequence<byte> buffer)
    {
        _buffer = buffer;
        try
        {
            InspectNew(buffer);
        }
        catch (ConnectionAbortedException exception)
        {
            refused(exception.Message);
            throw;
        }
    }

    private void InspectNew(ReadOnlySequence<byte> buffer)
    {
        if (!_isPreamblePast)
        {
            if (buffer.Length < sizeof(int))
            {
                return;
            }

            var length = ReadInt32(buffer, 0);
            if (length is < 0 or > MaxPreambleLength)
            {
                throw new ConnectionAbortedException("it does not speak Orleans' protocol");
            }

            if (buffer.Length < sizeof(int) + length)
            {
                // Orleans takes no preamble before it is complete.
                return;
            }

            CheckPreamble(buffer.Slice(sizeof(int), length));
            _next = sizeof(int) + length;
            _isPreamblePast = true;
        }

        const int Framing = 2 * sizeof(int);
        while (buffer.Length - _next >= Framing)
        {
            var header = ReadInt32(buffer, _next);
            var body = ReadInt32(buffer, _next + sizeof(int));
            if (header < 0 || body < 0)
            {
                throw new ConnectionAbortedException("it does not speak Orleans' protocol");
            }

            if (buffer.Length - _next < Framing + (long)header)
            {
                // Orleans takes no message before it is complete.
                return;
            }

            var length = Framing + (long)header + body;
            CheckMessage(buffer.Slice(_next + Framing, Math.Min(header, MaxInspected)), length);
            _next += length;
        }
    }

    private void CheckPreamble(ReadOnlySequence<byte> preamble)
    {
        try
        {
            guard.CheckPreamble(InOnePiece(preamble));
        }
        catch (Exception exception) when (exception is not ConnectionAbortedException)
        {
            throw new ConnectionAbortedException("its preamble cannot be read", exception);
        }
    }

    private void CheckMessage(ReadOnlySequence<byte> header, long length)
    {
        try
        {
            guard.Check(InOnePiece(header), length);
        }
        catch (Exception exception) when (exception is not ConnectionAbortedException)
        {
            throw new ConnectionAbortedException("its message cannot be read", exception);
        }
    }

    private static ReadOnlySpan<byte> InOnePiece(ReadOnlySequence<byte> bytes) => bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();

    private static int ReadInt32(ReadOnlySequence<byte> buffer, long at)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        buffer.Slice(at, sizeof(int)).CopyTo(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }
}
