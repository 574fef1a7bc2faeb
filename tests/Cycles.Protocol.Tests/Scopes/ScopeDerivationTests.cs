using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Tests.Scopes;

public sealed class ScopeDerivationTests
{
    [Fact]
    public void Levels_that_the_subject_skips_leave_no_segment()
    {
        var scopes = ScopeDerivation.Derive(new Subject { Tenant = "acme", Workflow = "Refunds", Toolset = "mail" });

        Assert.Equal(
            ["tenant:acme", "tenant:acme/workflow:refunds", "tenant:acme/workflow:refunds/toolset:mail"],
            scopes.Select(scope => scope.Value));
    }
}
