namespace Cycles.Chaos;

/// <summary>The run cannot go on, for the reason in the message; it says nothing about the cluster.</summary>
internal sealed class ChaosException(string message) : Exception(message);
