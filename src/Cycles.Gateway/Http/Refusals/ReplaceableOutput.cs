using System.IO.Pipelines;

namespace Cycles.Gateway.Http.Refusals;

/// <summary>
/// What a connection sends. It passes everything on as it is, until an answer of ours is to take the place of whatever the server still writes: the
/// last answer of the connection, which is closed after it.
/// </summary>
internal sealed class ReplaceableOutput(PipeWriter output) : PipeWriter
{
    private byte[]? _replacement;
    private byte[]? _discarded;

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    /// <summary>Sends <paramref name="answer"/> with the next flush, and nothing else from then on.</summary>
    public void Replace(byte[] answer)
    {
        if (_discarded is null)
        {
            (_replacement, _discarded) = (answer, []);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _discarded is null ? output.GetMemory(sizeHint) : Discarded(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _discarded is null ? output.GetSpan(sizeHint) : Discarded(sizeHint);

    public override void Advance(int bytes)
    {
        if (_discarded is null)
        {
            output.Advance(bytes);
        }
        else if (!IsHttp1(_discarded.AsSpan(0, bytes)))
        {
            var kept = _discarded;
            (_replacement, _discarded) = (null, null);
            kept.AsSpan(0, bytes).CopyTo(output.GetSpan(bytes));
            output.Advance(bytes);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Send();
        return output.FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_discarded is not null && !IsHttp1(source.Span))
        {
            (_replacement, _discarded) = (null, null);
        }

        return _discarded is null ? output.WriteAsync(source, cancellationToken) : FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        Send();
        output.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        Send();
        return output.CompleteAsync(exception);
    }

    /// <summary>Whether the server answers in HTTP/1.1. To HTTP/2 it says in HTTP/2 that it speaks 1.1 only: that stands.</summary>
    private bool IsHttp1(ReadOnlySpan<byte> answer) => _replacement is null || answer.IsEmpty || answer.StartsWith("HTTP/"u8);

    private void Send()
    {
        if (_replacement is { } answer)
        {
            _replacement = null;
            answer.CopyTo(output.GetSpan(answer.Length));
            output.Advance(answer.Length);
        }
    }

    private byte[] Discarded(int sizeHint) =>
        _discarded!.Length >= Math.Max(sizeHint, 1) ? _discarded : _discarded = new byte[Math.Max(sizeHint, 1024)];
}
