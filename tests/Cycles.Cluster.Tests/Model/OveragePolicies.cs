namespace Cycles.Cluster.Tests.Model;

/// <summary>The names of the overage policies on the wire.</summary>
internal static class OveragePolicies
{
    public const string Reject = "REJECT";
    public const string AllowIfAvailable = "ALLOW_IF_AVAILABLE";
    public const string AllowWithOverdraft = "ALLOW_WITH_OVERDRAFT";

    public static readonly string[] All = [Reject, AllowIfAvailable, AllowWithOverdraft];
}
