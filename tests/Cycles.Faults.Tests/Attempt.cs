using Cycles.Cluster.Tests.Api;

namespace Cycles.Faults.Tests;

/// <summary>One request, and what came back at last.</summary>
internal sealed class Attempt(ApiRequest request)
{
    public ApiRequest Request { get; } = request;

    /// <summary>The last answer; null while none came.</summary>
    public Answer? Answer { get; set; }

    public bool IsAcknowledged => Answer is { IsSuccess: true };

    /// <summary>Whether it may have happened without being acknowledged: nothing came back, or a failure of the server.</summary>
    public bool IsInDoubt => Answer is not { IsFinal: true };
}
