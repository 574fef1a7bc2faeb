namespace Cycles.Http.Tests.Protocol;

/// <summary>Finds the protocol's OpenAPI files, which are not in this repository.</summary>
internal static class ProtocolFiles
{
    public const string Runtime = "cycles-protocol-v0.yaml";
    public const string Admin = "cycles-governance-admin-v0.1.25.yaml";

    /// <summary>The folder that CYCLES_PROTOCOL_DIR names, or <c>shared/protocol</c> beside this repository; null when neither is there.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CYCLES_PROTOCOL_DIR") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "protocol");
            if (File.Exists(Path.Combine(candidate, Runtime)))
            {
                return candidate;
            }
        }

        return null;
    }
}
