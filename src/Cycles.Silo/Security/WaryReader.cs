using System.IO.Pipelines;
using Cycles.Contracts.Store;
using Cycles.Grains.Cluster;
using Microsoft.AspNetCore.Connections;

namespace Cycles.Silo.Security;

/// <summary>
/// Lets a silo that hung read on only when it has not been declared dead meanwhile (<see cref="SiloStanding"/>): what waits in its sockets then is no
/// longer its to do. Before Orleans reads it, as Orleans passes on what it is asked for grains that are elsewhere by now.
/// </summary>
internal sealed class WaryReader(PipeReader inner, SiloStanding standing) : PipeReader
{
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await inner.ReadAsync(cancellationToken);
        if (!standing.IsCertain)
        {
            await RequireMemberAsync();
        }

        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (standing.IsCertain)
        {
            return inner.TryRead(out result);
        }

        // The caller goes on with ReadAsync, which can wait.
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async Task RequireMemberAsync()
    {
        try
        {
            await standing.RequireMemberAsync();
        }
        catch (StoreUnavailableException exception)
        {
            throw new ConnectionAbortedException(exception.Message, exception);
        }
    }
}
