using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Evaluations;

/// <summary>What an evaluation looks at.</summary>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Scopes">The derived scopes, root first.</param>
/// <param name="Estimate">What would be held.</param>
internal readonly record struct EvaluationRequest(string PayloadHash, ScopePath[] Scopes, Amount Estimate);
