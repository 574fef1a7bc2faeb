using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>Ends the handling of a request with an error body; only for what is wrong with the request itself.</summary>
internal sealed class ProblemException(Problem problem, int? status = null) : Exception(problem.Message)
{
    public Problem Problem => problem;

    /// <summary>The HTTP status when it is not the problem's own.</summary>
    public int? Status => status;
}
