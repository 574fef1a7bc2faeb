namespace Cycles.Grains.Waits;

/// <summary>
/// A grain whose calls wait for later calls to the same activation. Orleans begins a deactivation once no call is running, and from the moment
/// when it decides to no further call is let in: a call that waits for another would then wait for ever, and with it everything that is sent to
/// the grain.
/// </summary>
internal interface IEndsWaits
{
    /// <summary>The activation is about to end: ends every wait, and lets no call begin one.</summary>
    void EndWaits();
}
