namespace Cycles.Cluster.Tests.Servers;

/// <summary>A folder for the life of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cycles-cluster-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
