using Cycles.Protocol.Policies;

namespace Cycles.Protocol.Tests.Policies;

public sealed class ScopePatternTests
{
    [Theory]
    [InlineData("tenant:acme/agent:x", "tenant:acme/agent:x", true)]
    [InlineData("tenant:acme/agent:x", "tenant:acme/agent:xy", false)]
    [InlineData("tenant:acme/*", "tenant:acme/workspace:w/agent:x", true)]
    [InlineData("tenant:acme/*", "tenant:acme", false)]
    [InlineData("tenant:acme/*", "tenant:acmeplus/agent:x", false)]
    [InlineData("agent:*", "tenant:acme/workspace:w/agent:x", true)]
    [InlineData("agent:*", "tenant:acme/agent:x/toolset:t", false)]
    [InlineData("tenant:acme/agent:*", "tenant:acme/agent:x", true)]
    [InlineData("tenant:acme/agent:*", "tenant:acme/workspace:w/agent:x", false)]
    [InlineData("*/agent:summarizer", "tenant:acme/workspace:w/agent:summarizer", true)]
    [InlineData("*/agent:summarizer", "tenant:acme/agent:presummarizer", false)]
    public void The_four_forms_of_a_pattern_match_as_written(string pattern, string scope, bool matches) =>
        Assert.Equal(matches, ScopePattern.Matches(pattern, scope));
}
