using System.Text.Json;

namespace Cycles.Architecture.Tests;

/// <summary>Which assembly may know which.</summary>
public sealed class AssemblyTests
{
    private static readonly string[] NotForAgents = ["Orleans.Runtime", "Orleans.Server", "StackExchange.Redis", "Cycles.Grains", "Cycles.Silo", "Cycles.Gateway"];

    [Fact]
    public void The_protocol_knows_nothing_of_ours() => Assert.Empty(Assemblies.OursOf("Cycles.Protocol"));

    [Fact]
    public void The_contracts_know_the_protocol_and_the_abstractions_of_Orleans()
    {
        Assert.Equal(["Cycles.Protocol"], Assemblies.OursOf("Cycles.Contracts"));
        Assert.Subset(
            new HashSet<string>(["Orleans.Core", "Orleans.Core.Abstractions", "Orleans.Serialization", "Orleans.Serialization.Abstractions"]),
            new HashSet<string>(Assemblies.ReferencesOf("Cycles.Contracts").Where(name => name.StartsWith("Orleans", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_client_knows_the_contracts_and_the_protocol() => Assert.Equal(["Cycles.Contracts", "Cycles.Protocol"], Assemblies.OursOf("Cycles.Client"));

    [Fact]
    public void An_agent_gets_nothing_of_a_silo_with_the_client() => Assert.Empty(Assemblies.ClosureOf("Cycles.Client").Intersect(NotForAgents));

    [Fact]
    public void An_agent_gets_no_package_of_a_silo_with_the_client()
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cycles.Client.deps.json")));
        var packages = dependencies.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Split('/')[0]).ToArray();

        Assert.Contains("Microsoft.Orleans.Core", packages);
        Assert.Empty(packages.Intersect([.. NotForAgents, .. NotForAgents.Select(name => "Microsoft." + name)]));
    }

    [Fact]
    public void The_grains_know_the_contracts_and_the_protocol() => Assert.Equal(["Cycles.Contracts", "Cycles.Protocol"], Assemblies.OursOf("Cycles.Grains"));

    [Fact]
    public void The_silo_does_not_know_the_gateway() => Assert.DoesNotContain("Cycles.Gateway", Assemblies.ClosureOf("Cycles.Silo"));

    [Fact]
    public void The_gateway_sees_the_grains_by_their_contracts() => Assert.Equal(
        ["Cycles.Grains.Waits.PauseWatch"], // No grain: it watches the process, and a gateway that hosts a silo shares it.
        TypeReferences.Of("Cycles.Gateway").Select(reference => reference.To).Where(to => to.StartsWith("Cycles.Grains.", StringComparison.Ordinal)).Distinct());
}
