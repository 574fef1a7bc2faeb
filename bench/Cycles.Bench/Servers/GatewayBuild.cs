using Cycles.Bench.Processes;

namespace Cycles.Bench.Servers;

/// <summary>Builds the gateway of this repository in Release.</summary>
internal static class GatewayBuild
{
    public static async Task<string> BuildAsync(CancellationToken cancellation)
    {
        var project = Path.Combine(RepositoryRoot(), "src", "Cycles.Gateway");
        Console.WriteLine("Building Cycles.Gateway in Release …");

        // No build server is left behind: it would take processor time from what is measured.
        await using var build = ChildProcess.Start(
            "dotnet", ["build", project, "-c", "Release", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"]);
        var exitCode = await build.ExitAsync(cancellation);
        return exitCode == 0
            ? Path.Combine(project, "bin", "Release", "net10.0", "Cycles.Gateway.dll")
            : throw new BenchException($"the gateway does not build:{Environment.NewLine}{build.Output}");
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cycles.sln")))
            {
                return folder.FullName;
            }
        }

        throw new BenchException("Cycles.sln is in no folder above the bench; name a built gateway with --gateway");
    }
}
