namespace Cycles.Bench;

/// <summary>The bench cannot go on; the message is all that its user needs.</summary>
internal sealed class BenchException(string message) : Exception(message);
