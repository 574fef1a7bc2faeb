using System.Globalization;

namespace Cycles.Http.Tests.Security;

/// <summary>What Linux tells about another process in <c>/proc</c>.</summary>
internal static class ProcessFiles
{
    private const string Listening = "0A";

    /// <summary>The TCP ports on which a process listens, of IPv4 and IPv6.</summary>
    public static int[] ListeningPorts(int processId)
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
            .Select(path => new FileInfo(path).LinkTarget ?? string.Empty)
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1])
            .ToHashSet();
        return [.. new[] { "tcp", "tcp6" }
            .SelectMany(file => File.ReadLines($"/proc/{processId}/net/{file}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == Listening && sockets.Contains(columns[9]))
            .Select(columns => int.Parse(columns[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Distinct()];
    }

    /// <summary>Its arguments and its environment, as other processes of the same user see them.</summary>
    public static string ArgumentsAndEnvironment(int processId) =>
        File.ReadAllText($"/proc/{processId}/cmdline") + File.ReadAllText($"/proc/{processId}/environ");
}
