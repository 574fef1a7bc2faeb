using CsCheck;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Tests.Keys;

public sealed class ScopeFilterTests
{
    private static readonly string[] Values = ["a", "b", "c"];

    private static readonly Gen<string> AnyEntry = Gen.Select(
        Gen.Int[0, 5], Gen.OneOfConst("a", "b", "*"), (level, value) => $"{ScopeLevels.NameOf((ScopeLevel)level)}:{value}");

    private static readonly Gen<string[]> AnyEntries = AnyEntry.Array[1, 5];

    private static readonly Gen<string> AnyScope = Gen.Select(
        Gen.OneOfConst(Values), Gen.OneOfConst("a", "b", "c", null).Array[5], (tenant, values) => string.Join(
            '/',
            (string[])[$"tenant:{tenant}", .. values.Select((value, i) => value is null ? null : $"{ScopeLevels.NameOf((ScopeLevel)(i + 1))}:{value}").OfType<string>()]));

    [Theory]
    [InlineData("workspace:eng", "tenant:acme/workspace:eng", true)]
    [InlineData("workspace:eng", "tenant:acme/workspace:eng/agent:x", true)]
    [InlineData("workspace:eng", "tenant:acme/workspace:engine", false)]
    [InlineData("workspace:eng", "tenant:acme/workspace:ops", false)]
    [InlineData("workspace:eng", "tenant:acme", false)]
    [InlineData("workspace:eng", "tenant:acme/agent:eng", false)]
    [InlineData("WORKSPACE:Eng", "tenant:acme/workspace:eng", true)]
    [InlineData("agent:*", "tenant:acme/agent:x", true)]
    [InlineData("agent:*", "tenant:acme/workspace:ops/agent:x/toolset:t", true)]
    [InlineData("agent:*", "tenant:acme/workspace:ops", false)]
    [InlineData("workspace:eng agent:*", "tenant:acme/workspace:eng", true)]
    [InlineData("workspace:eng agent:*", "tenant:acme/workspace:eng/agent:x", true)]
    [InlineData("workspace:eng agent:*", "tenant:acme/workspace:ops/agent:x", false)]
    [InlineData("workspace:eng agent:*", "tenant:acme/agent:x", false)]
    [InlineData("workspace:eng workspace:ops", "tenant:acme/workspace:ops", true)]
    [InlineData("workspace:eng agent:bot", "tenant:acme/workspace:eng/agent:bot", true)]
    [InlineData("workspace:eng agent:bot", "tenant:acme/workspace:eng", false)]
    [InlineData("workspace:eng workspace:*", "tenant:acme/workspace:ops", true)]
    [InlineData("tenant:acme", "tenant:acme/workspace:ops", true)]
    [InlineData("tenant:other", "tenant:acme/workspace:ops", false)]
    public void A_scope_is_inside_as_the_entries_say(string entries, string scope, bool isInside) =>
        Assert.Equal(isInside, Filter(entries).Allows(ScopePath.FromCanonical(scope)));

    [Theory]
    [InlineData("workspace:eng", "tenant:acme/workspace:eng", true)]
    [InlineData("workspace:eng", "tenant:acme/workspace:eng/*", true)]
    [InlineData("workspace:eng", "tenant:acme/*", false)]
    [InlineData("workspace:eng", "tenant:acme/workspace:*", false)]
    [InlineData("workspace:eng", "tenant:acme/workspace:eng/agent:*", true)]
    [InlineData("workspace:eng", "agent:*", false)]
    [InlineData("workspace:eng", "*/agent:x", false)]
    [InlineData("workspace:eng", "*", false)]
    [InlineData("agent:*", "agent:*", true)]
    [InlineData("agent:*", "*/agent:x", true)]
    [InlineData("agent:x", "*/agent:x", true)]
    [InlineData("agent:x", "agent:*", false)]
    [InlineData("tenant:acme", "*", true)]
    [InlineData("tenant:acme", "tenant:acme/*", true)]
    public void A_pattern_is_inside_when_it_stays_inside(string entries, string pattern, bool isInside) =>
        Assert.Equal(isInside, Filter(entries).AllowsPattern(pattern, "acme"));

    [Theory]
    [InlineData("tenant:acme", true)]
    [InlineData("tenant:acme/workspace:", true)]
    [InlineData("tenant:acme/workspace:e", false)]
    [InlineData("tenant:acme/workspace:eng", true)]
    [InlineData("tenant:acme/workspace:eng/agent:x", true)]
    [InlineData("tenant:acme/workspace:eng/agent:y/", false)]
    [InlineData("tenant:acme/workspace:engine", false)]
    [InlineData("tenant:acme/workspace:e/", false)]
    [InlineData("tenant:acme/workspace:ops", false)]
    public void A_prefix_reaches_inside_or_it_does_not(string prefix, bool reaches) =>
        Assert.Equal(reaches, Filter("workspace:eng agent:x toolset:*").CanReach(prefix));

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("workspace")]
    [InlineData("workspace:")]
    [InlineData(":eng")]
    [InlineData("team:eng")]
    [InlineData("workspace:e*")]
    [InlineData("workspace:eng/agent:x")]
    [InlineData("tenant:acme/workspace:eng")]
    [InlineData(" workspace:eng")]
    [InlineData(null)]
    public void What_is_no_entry_is_refused_and_lets_nobody_in(string? entry)
    {
        Assert.False(ScopeFilter.TryParse([entry!], out _, out var problem));
        Assert.StartsWith("scope_filter[0] must be", problem);
        Assert.False(ScopeFilter.Of(["tenant:acme", entry!])!.Allows(ScopePath.FromCanonical("tenant:acme")));
        Assert.False(ScopeFilter.Of(["tenant:acme", entry!])!.CanReach("tenant:acme"));
    }

    [Fact]
    public void There_is_an_end_to_the_entries()
    {
        var most = Enumerable.Range(0, ScopeFilter.MaxEntries).Select(i => $"agent:{i}").ToArray();

        Assert.True(ScopeFilter.TryParse(most, out _, out _));
        Assert.False(ScopeFilter.TryParse([.. most, "agent:x"], out _, out _));
    }

    [Fact]
    public void A_key_without_a_filter_is_not_restricted()
    {
        Assert.Null(ScopeFilter.Of(null));
        Assert.Null(ScopeFilter.Of([]));
    }

    [Fact]
    public void What_lies_below_a_scope_that_is_inside_is_inside() => Gen.Select(AnyEntries, AnyScope).Sample((entries, text) =>
    {
        var filter = ScopeFilter.Of(entries)!;
        var isInside = false;
        foreach (var scope in ScopePath.FromCanonical(text).ToAncestry())
        {
            var allows = filter.Allows(ScopePath.FromCanonical(scope));
            Assert.True(allows || !isInside, $"{filter}: {scope}");
            isInside = allows;
        }
    });

    [Fact]
    public void Whatever_a_pattern_inside_matches_is_inside()
    {
        var patterns = AnyScope.SelectMany(scope => Gen.OneOfConst(
            scope, $"{scope}/*", $"*/{ScopePath.FromCanonical(scope).Leaf}", $"{Level(scope)}:*", $"{scope[..(scope.LastIndexOf(':') + 1)]}*", "*"));
        var inside = 0;
        Gen.Select(AnyEntries, patterns, AnyScope).Sample((entries, pattern, text) =>
        {
            var filter = ScopeFilter.Of(entries)!;
            var scope = ScopePath.FromCanonical(text);
            if (ScopePattern.Matches(pattern, scope.Value) && filter.AllowsPattern(pattern, scope.TenantId))
            {
                Interlocked.Increment(ref inside);
                Assert.True(filter.Allows(scope), $"{filter}: {pattern} matches {scope}");
            }
        },
            iter: 10_000); // Of a hundred, sometimes none is inside.
        Assert.True(inside > 0);

        static string Level(string scope) => ScopePath.FromCanonical(scope).Leaf.Split(':')[0];
    }

    [Fact]
    public void Every_prefix_of_a_scope_that_is_inside_reaches_it() => Gen.Select(AnyEntries, AnyScope, Gen.Int[0, 60]).Sample((entries, text, length) =>
    {
        var filter = ScopeFilter.Of(entries)!;
        var scope = ScopePath.FromCanonical(text);
        if (filter.Allows(scope))
        {
            var prefix = text[..Math.Min(length, text.Length)];
            Assert.True(filter.CanReach(prefix) || !scope.IsUnder(prefix), $"{filter}: {prefix} of {text}");
            Assert.True(filter.CanReach(text.Split('/')), $"{filter}: {text}");
        }
    });

    private static ScopeFilter Filter(string entries) => ScopeFilter.Of(entries.Split(' '))!;
}
