using System.Text.RegularExpressions;

namespace Cycles.Architecture.Tests;

/// <summary>Which folder of an assembly knows which: a folder is a namespace, named as below the assembly's own.</summary>
internal sealed partial class FolderGraph
{
    private readonly SortedDictionary<string, SortedSet<string>> _known = new(StringComparer.Ordinal);

    /// <summary>Of the assembly's code, and of what its sources say that they use.</summary>
    public static FolderGraph Of(string assembly)
    {
        var graph = new FolderGraph();
        foreach (var (from, to) in TypeReferences.Of(assembly))
        {
            graph.Add(assembly, NamespaceOf(from), NamespaceOf(to));
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(FindRepository(), "src", assembly), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            if (NamespacePattern().Match(text) is { Success: true } own)
            {
                foreach (Match used in UsingPattern().Matches(text))
                {
                    graph.Add(assembly, own.Groups[1].Value, used.Groups[1].Value);
                }
            }
        }

        return graph;
    }

    /// <summary>The groups of folders that know each other, directly or in a circle; each in order.</summary>
    public string[][] FindCycles()
    {
        var reachable = _known.Keys.ToDictionary(folder => folder, Reach);
        return
        [
            .. _known.Keys
                .Select(folder => reachable[folder].Where(other => reachable[other].Contains(folder)).Order(StringComparer.Ordinal).ToArray())
                .Where(cycle => cycle.Length > 1)
                .DistinctBy(cycle => string.Join(' ', cycle)),
        ];
    }

    /// <summary>The folders that a folder knows.</summary>
    public IEnumerable<string> KnownTo(string folder) => _known[folder];

    private static string NamespaceOf(string type) => type[..type.LastIndexOf('.')];

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cycles.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("the tests do not run below the repository");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();

    private void Add(string assembly, string from, string to)
    {
        if (IsOf(from) && IsOf(to))
        {
            var (known, other) = (Touch(FolderOf(from)), FolderOf(to));
            Touch(other);
            known.Add(other);
        }

        bool IsOf(string name) => name == assembly || name.StartsWith(assembly + ".", StringComparison.Ordinal);
        string FolderOf(string name) => name == assembly ? "(root)" : name[(assembly.Length + 1)..];
        SortedSet<string> Touch(string folder) => _known.TryGetValue(folder, out var set) ? set : _known[folder] = new(StringComparer.Ordinal);
    }

    private HashSet<string> Reach(string folder)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            foreach (var known in _known[next])
            {
                if (found.Add(known))
                {
                    open.Push(known);
                }
            }
        }

        return found;
    }
}
