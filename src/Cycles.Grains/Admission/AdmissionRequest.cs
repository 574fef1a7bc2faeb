using Cycles.Protocol.Amounts;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Admission;

/// <summary>What the admission step needs to know of a request.</summary>
/// <param name="Scopes">The derived scopes, root first.</param>
/// <param name="Unit">The unit of the amount.</param>
/// <param name="OveragePolicy">What the request asks for; null for what the policies say.</param>
/// <param name="TtlMs">What the request asks for; null for the default.</param>
internal readonly record struct AdmissionRequest(ScopePath[] Scopes, Unit Unit, OveragePolicy? OveragePolicy = null, int? TtlMs = null);
