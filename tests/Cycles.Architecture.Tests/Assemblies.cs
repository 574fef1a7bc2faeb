using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Cycles.Architecture.Tests;

/// <summary>The assemblies of the product as they lie beside the tests.</summary>
internal static class Assemblies
{
    public static readonly Assembly Contracts = typeof(Cycles.Contracts.Addressing.GrainReferences).Assembly;
    public static readonly Assembly Grains = typeof(Cycles.Grains.Hosting.CyclesGrainsExtensions).Assembly;
    public static readonly Assembly Silo = typeof(Cycles.Silo.SiloExtensions).Assembly;

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");

    /// <summary>The names of the assemblies that an assembly names itself.</summary>
    public static string[] ReferencesOf(string name)
    {
        using var file = new PEReader(File.OpenRead(PathOf(name)));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Those of them that are ours.</summary>
    public static string[] OursOf(string name) => [.. ReferencesOf(name).Where(reference => reference.StartsWith("Cycles.", StringComparison.Ordinal))];

    /// <summary>Every assembly that an assembly needs, directly or by way of another, as far as they lie beside the tests.</summary>
    public static string[] ClosureOf(string name)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([name]);
        while (open.TryDequeue(out var next))
        {
            foreach (var reference in ReferencesOf(next))
            {
                if (found.Add(reference) && File.Exists(PathOf(reference)))
                {
                    open.Enqueue(reference);
                }
            }
        }

        return [.. found];
    }
}
