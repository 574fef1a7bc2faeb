using Orleans.Services;

namespace Cycles.Architecture.Tests;

/// <summary>Grains are behind their interfaces, and an interface that only grains call is their own.</summary>
public sealed class GrainTests
{
    private static readonly Type[] Classes = [.. new[] { Assemblies.Grains, Assemblies.Silo }.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(Grain).IsAssignableFrom(type))];

    private static readonly Type[] Interfaces = [.. new[] { Assemblies.Contracts, Assemblies.Grains, Assemblies.Silo }.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type) && !typeof(IGrainService).IsAssignableFrom(type))];

    [Fact]
    public void Every_grain_class_is_internal()
    {
        Assert.True(Classes.Length > 15);
        Assert.All(Classes, type => Assert.False(type.IsVisible, type.FullName));
    }

    [Fact]
    public void An_interface_is_public_only_in_the_contracts() => Assert.All(
        Interfaces, type => Assert.Equal(type.Assembly == Assemblies.Contracts, type.IsVisible));

    [Fact]
    public void One_class_of_grains_has_each_interface() => Assert.All(
        Interfaces, type => Assert.Single(Classes, type.IsAssignableFrom));

    [Fact]
    public void No_grain_is_in_the_contracts() => Assert.DoesNotContain(
        Assemblies.Contracts.GetTypes(), type => type.IsClass && typeof(IGrainBase).IsAssignableFrom(type));
}
