using Cycles.Protocol.Policies;

namespace Cycles.Protocol.Tests.Policies;

public sealed class ScopePatternTests
{
    [Theory]
    [InlineData("tenant:acme/agent:x", "tenant:acme/agent:x", true)]
    [InlineData("tenant:acme/agent:x", "tenant:acme/agent:xy", false)]
    [InlineData("tenant:acme", "tenant:acme", true)]
    [InlineData("tenant:acme", "tenant:acme/agent:x", false)]
    [InlineData("tenant:acme/*", "tenant:acme/workspace:w/agent:x", true)]
    [InlineData("tenant:acme/*", "tenant:acme", false)]
    [InlineData("tenant:acme/*", "tenant:acmeplus/agent:x", false)]
    [InlineData("tenant:acme/workspace:w/*", "tenant:acme/workspace:w/agent:x", true)]
    [InlineData("tenant:acme/workspace:w/*", "tenant:acme/workspace:w2/agent:x", false)]
    [InlineData("tenant:acme/workspace:w/*", "tenant:acme/workspace:w", false)]
    [InlineData("agent:*", "tenant:acme/workspace:w/agent:x", true)]
    [InlineData("agent:*", "tenant:acme/agent:x/toolset:t", false)]
    [InlineData("agent:*", "tenant:acme/toolset:agent", false)]
    [InlineData("tenant:*", "tenant:acme", true)]
    [InlineData("tenant:*", "tenant:acme/agent:x", false)]
    [InlineData("tenant:acme/agent:*", "tenant:acme/agent:x", true)]
    [InlineData("tenant:acme/agent:*", "tenant:acme/workspace:w/agent:x", false)]
    [InlineData("tenant:acme/agent:*", "tenant:acme/agent:x/toolset:t", false)]
    [InlineData("*/agent:summarizer", "tenant:acme/workspace:w/agent:summarizer", true)]
    [InlineData("*/agent:summarizer", "tenant:acme/agent:summarizer", true)]
    [InlineData("*/agent:summarizer", "tenant:acme/agent:presummarizer", false)]
    [InlineData("*/agent:summarizer", "tenant:acme/agent:summarizer/toolset:t", false)]
    [InlineData("*/workspace:w/agent:x", "tenant:acme/workspace:w/agent:x", true)]
    [InlineData("*/workspace:w/agent:x", "tenant:acme/workspace:ww/agent:x", false)]
    [InlineData("*", "tenant:acme", true)]
    [InlineData("*", "tenant:acme/agent:x", true)]
    public void The_forms_of_a_pattern_match_as_written(string pattern, string scope, bool matches)
    {
        Assert.Equal(matches, ScopePattern.Matches(pattern, scope));
        Assert.True(ScopePattern.TryParse(pattern, "acme", out var canonical, out _));
        Assert.Equal(pattern, canonical);
    }

    [Theory]
    [InlineData("tenant:acme/agent:Summarizer", "tenant:acme/agent:summarizer")]
    [InlineData("*/agent:Summarizer", "*/agent:summarizer")]
    [InlineData("tenant:ACME/*", "tenant:acme/*")]
    public void Ids_are_lower_cased_as_those_of_scopes_are(string text, string expected)
    {
        Assert.True(ScopePattern.TryParse(text, "acme", out var pattern, out _));
        Assert.Equal(expected, pattern);
    }

    [Theory]
    [InlineData("agent:summarizer", "must begin with tenant")]
    [InlineData("agent:a/*", "must begin with tenant")]
    [InlineData("workspace:w/agent:*", "must begin with tenant")]
    [InlineData("tenant:acme/**", "'**'")]
    [InlineData("tenant:acme/agent:sum*", "'agent:sum*'")]
    [InlineData("tenant:acme/*/agent:x", "'*'")]
    [InlineData("*/agent:*", "'agent:*'")]
    [InlineData("*/tenant:acme", "in the order")]
    [InlineData("*/*", "'*'")]
    [InlineData("*/", "''")]
    [InlineData("/*", "must not be empty")]
    [InlineData(":*", "':any'")]
    [InlineData("robot:*", "'robot:any'")]
    [InlineData("Agent:*", "'Agent:any'")]
    [InlineData("tenant:acme/agent:x/workspace:*", "in the order")]
    [InlineData("tenant:acme/agent:x/workspace:w", "in the order")]
    [InlineData("tenant:acme/", "''")]
    [InlineData(" agent:*", "' agent:any'")]
    [InlineData("tenant:acme/agent:x y", "'agent:x y'")]
    [InlineData("tenant:acme/agent:é", "'agent:é'")]
    [InlineData("tenant:other", "within tenant:acme")]
    [InlineData("tenant:other/*", "within tenant:acme")]
    [InlineData("tenant:acme2/agent:*", "within tenant:acme")]
    public void What_is_no_pattern_is_refused_and_says_why(string text, string why)
    {
        Assert.False(ScopePattern.TryParse(text, "acme", out var pattern, out var problem));
        Assert.Null(pattern);
        Assert.Contains(why, problem);
    }
}
