using System.Diagnostics;

namespace Cycles.Chaos.Cluster;

/// <summary>Where gateway and silo lie.</summary>
/// <param name="Gateway">Cycles.Gateway.dll.</param>
/// <param name="Silo">Cycles.Silo.dll.</param>
internal sealed record ServerBuild(string Gateway, string Silo)
{
    private const string GatewayProject = "src/Cycles.Gateway";
    private const string SiloProject = "src/Cycles.Silo";

    /// <summary>Builds the working copy that this program lies in.</summary>
    public static async Task<ServerBuild> BuildAsync(CancellationToken cancellation)
    {
        var root = FindRoot();
        Console.WriteLine("chaos: builds the gateway and the silo");
        using var build = Process.Start(new ProcessStartInfo(
            "dotnet", ["build", "-c", "Release", Path.Combine(root, GatewayProject), "--nologo", "-v", "quiet"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await build.StandardOutput.ReadToEndAsync(cancellation);
        await build.WaitForExitAsync(cancellation);
        return build.ExitCode == 0 ? Of(root) : throw new ChaosException($"the server does not build:{Environment.NewLine}{output}");
    }

    /// <summary>The Release build of a working copy.</summary>
    public static ServerBuild Of(string root) =>
        new(FileOf(root, GatewayProject, "Cycles.Gateway.dll"), FileOf(root, SiloProject, "Cycles.Silo.dll"));

    private static string FileOf(string root, string project, string name)
    {
        var file = Path.Combine(root, project, "bin", "Release", $"net{Environment.Version.Major}.{Environment.Version.Minor}", name);
        return File.Exists(file) ? file : throw new ChaosException($"{file} does not exist");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cycles.sln")))
            {
                return folder.FullName;
            }
        }

        throw new ChaosException("Cycles.sln is in no folder above; name a working copy by --server");
    }
}
