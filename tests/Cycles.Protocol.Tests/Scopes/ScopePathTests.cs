using CsCheck;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Tests.Scopes;

public sealed class ScopePathTests
{
    [Theory]
    [InlineData("tenant:acme")]
    [InlineData("tenant:acme/agent:a_b.c-1")]
    [InlineData("tenant:acme/workspace:w/app:a/workflow:f/agent:g/toolset:t")]
    public void A_path_in_canonical_order_is_a_scope(string text)
    {
        Assert.True(ScopePath.TryParse(text, out var path, out _));
        Assert.Equal(text, path.Value);
        Assert.Equal("acme", path.TenantId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tenant")]
    [InlineData("tenant:")]
    [InlineData("workspace:w")]
    [InlineData("tenant:a/tenant:b")]
    [InlineData("tenant:a/agent:x/app:y")]
    [InlineData("tenant:a//agent:x")]
    [InlineData("tenant:a/")]
    [InlineData("tenant:a/robot:x")]
    [InlineData("tenant:a/agent:x y")]
    [InlineData("tenant:a/agent:*")]
    public void What_is_not_in_the_grammar_is_refused_with_a_reason(string text)
    {
        Assert.False(ScopePath.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_scope_is_kept_in_lower_case()
    {
        Assert.True(ScopePath.TryParse("tenant:acme/agent:Summarizer", out var path, out _));
        Assert.Equal("tenant:acme/agent:summarizer", path.Value);
    }

    [Fact]
    public void The_ancestry_is_every_scope_on_the_way_from_the_root()
    {
        var path = ScopePath.FromCanonical("tenant:acme/workspace:w/agent:a");

        Assert.Equal(["tenant:acme", "tenant:acme/workspace:w", "tenant:acme/workspace:w/agent:a"], path.ToAncestry());
        Assert.Equal(["tenant:acme"], ScopePath.FromCanonical("tenant:acme").ToAncestry());
    }

    [Fact]
    public void A_segment_is_found_whole_only()
    {
        var path = ScopePath.FromCanonical("tenant:acme/agent:summarizer");

        Assert.True(path.HasSegment("agent:summarizer"));
        Assert.False(path.HasSegment("agent:summ"));
        Assert.Equal("agent:summarizer", path.Leaf);
    }

    [Theory]
    [InlineData("tenant:acme", true)]
    [InlineData("tenant:acme/workspace:eng", true)]
    [InlineData("tenant:acme/workspace:eng/agent:a", true)]
    [InlineData("tenant:acme/", true)]
    [InlineData("tenant:acme/workspace:", true)]
    [InlineData("tenant:", true)]
    [InlineData("tenant:acme/workspace:eng/agent:", true)]
    [InlineData("tenant:ac", false)]
    [InlineData("tenant:acme/workspace:en", false)]
    [InlineData("tenant:acme/workspace", false)]
    [InlineData("tenant:acme/workspace:eng/agent:a/", false)]
    [InlineData("tenant:acme/workspace:engineering", false)]
    [InlineData("workspace:eng", false)]
    [InlineData("", false)]
    public void A_scope_is_under_itself_all_above_it_and_what_breaks_off_before_a_value(string prefix, bool isUnder) =>
        Assert.Equal(isUnder, ScopePath.FromCanonical("tenant:acme/workspace:eng/agent:a").IsUnder(prefix));

    [Fact]
    public void Under_a_scope_are_exactly_those_that_have_it_on_the_way_from_the_root()
    {
        // Values of which one begins like another.
        var scopes = Gen.OneOfConst("a", "ab", "abc", null).Array[4].Select(values => ScopePath.FromCanonical(string.Join(
            '/',
            (string[])["tenant:t", .. values.Select((value, i) => value is null ? null : $"{ScopeLevels.NameOf((ScopeLevel)(i + 1))}:{value}").OfType<string>()])));

        Gen.Select(scopes, scopes).Sample((scope, above) =>
            Assert.Equal(scope.ToAncestry().Contains(above.Value), scope.IsUnder(above.Value)));
    }
}
