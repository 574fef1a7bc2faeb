namespace Cycles.Chaos.Faults;

/// <summary>What is done to a process.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL; then it is started again.</summary>
    Kill,

    /// <summary>SIGTERM; when it has ended it is started again.</summary>
    Term,

    /// <summary>SIGSTOP; SIGCONT after a while. A silo that was evicted meanwhile ends, and is started again.</summary>
    Stop,
}
