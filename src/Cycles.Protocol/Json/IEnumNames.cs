namespace Cycles.Protocol.Json;

/// <summary>Knows the names that a member of a body may have as its value.</summary>
public interface IEnumNames
{
    /// <summary>All of them, as they stand on the wire.</summary>
    IReadOnlyList<string> Names { get; }
}
