using System.Reflection;
using Cycles.Contracts.Cluster;
using Orleans.Metadata;
using Orleans.Serialization.Configuration;

namespace Cycles.Grains.Security;

/// <summary>
/// Which Orleans clients may call which type of grain, read once from <see cref="ClientAccessAttribute"/>. What is not a grain of ours is closed
/// to all clients, but for the one part of Orleans that a client needs, the list of grain types, and for gateways the <see cref="ISiloProbe"/>.
/// </summary>
public sealed class GrainAccess
{
    private static readonly GrainType ManifestType = SystemTargetGrainId.CreateGrainType("manifest");

    private readonly (byte[] Type, ClientAccess Access)[] _grains;

    /// <summary>Of these types.</summary>
    public GrainAccess(IEnumerable<(GrainType Type, ClientAccess Access)> grains) => _grains =
    [
        .. grains.Where(grain => grain.Access != ClientAccess.None).Select(grain => (grain.Type.AsSpan().ToArray(), grain.Access)),
        (ManifestType.AsSpan().ToArray(), ClientAccess.Agents),
        (SiloProbes.Type.AsSpan().ToArray(), ClientAccess.Gateways),
    ];

    /// <summary>Of all grain classes of the process.</summary>
    public static GrainAccess OfProcess(TypeManifestOptions manifest, GrainTypeResolver types) => new(manifest.InterfaceImplementations
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IGrain).IsAssignableFrom(type))
        .Select(type => (types.GetGrainType(type), Of(type))));

    /// <summary>Which clients may call a class of grains: those that every grain interface of it admits.</summary>
    public static ClientAccess Of(Type grainClass) => grainClass.GetInterfaces()
        .Where(type => typeof(IGrain).IsAssignableFrom(type) && !IsOfOrleans(type))
        .Select(type => type.GetCustomAttribute<ClientAccessAttribute>()?.Access ?? ClientAccess.None)
        .DefaultIfEmpty(ClientAccess.None)
        .Min();

    /// <summary>Which clients may call grains whose type has this name.</summary>
    public ClientAccess Of(ReadOnlySpan<byte> grainType)
    {
        foreach (var (type, access) in _grains)
        {
            if (grainType.SequenceEqual(type))
            {
                return access;
            }
        }

        return ClientAccess.None;
    }

    /// <summary>Interfaces such as IGrainWithStringKey and IRemindable, which say nothing about clients.</summary>
    public static bool IsOfOrleans(Type type) => type.Namespace is { } name && (name == "Orleans" || name.StartsWith("Orleans.", StringComparison.Ordinal));

    /// <summary>Whether the type is that of Orleans' list of grain types, which each silo answers for itself.</summary>
    public static bool IsManifest(ReadOnlySpan<byte> grainType) => grainType.SequenceEqual(ManifestType.AsSpan());
}
