using System.Diagnostics.CodeAnalysis;
using Cycles.Protocol.Errors;

namespace Cycles.Contracts;

/// <summary>What an operation answered: a value, or the problem that the protocol names.</summary>
/// <typeparam name="T">The answer of the operation.</typeparam>
public readonly record struct Result<T>
    where T : class
{
    private Result(T? value, Problem? problem) => (Value, Problem) = (value, problem);

    /// <summary>The answer; null when there is a problem.</summary>
    public T? Value { get; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public Problem? Problem { get; }

    /// <summary>Whether the operation succeeded.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsSuccess => Problem is null;

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator Result<T>(Problem problem) => new(null, problem);
}
