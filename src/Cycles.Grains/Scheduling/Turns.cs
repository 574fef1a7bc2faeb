namespace Cycles.Grains.Scheduling;

/// <summary>
/// Lets the calls on a reentrant grain through one at a time, and knows whether more wait. A grain that is not reentrant is as
/// strict, but cannot know that: were it to deactivate after a call, all that wait would be sent on to its next activation, which
/// does the same, until Orleans gives them up.
/// </summary>
internal sealed class Turns
{
    private readonly SemaphoreSlim _turn = new(1);
    private int _present;

    /// <summary>Whether somebody waits behind the one whose turn it is.</summary>
    public bool OthersWait => _present > 1;

    public async ValueTask<Turn> TakeAsync()
    {
        _present++;
        await _turn.WaitAsync();
        return new Turn(this);
    }

    private void End()
    {
        _present--;
        _turn.Release();
    }

    /// <summary>One caller's turn; disposing ends it.</summary>
    public readonly struct Turn(Turns turns) : IDisposable
    {
        public void Dispose() => turns.End();
    }
}
