namespace Cycles.Grains.Store;

/// <summary>What a server's INFO says of whose writes it holds.</summary>
/// <param name="RunId">The name that the process made up when it started.</param>
/// <param name="ReplicationId">
/// The name of the history of writes that it goes on with. It stays through broken connections, of clients and of replicas. A replica takes its
/// primary's, and one that is promoted makes up another: so this tells a primary that was demoted, took over what another one holds, and was
/// promoted again, all as one process. Redis also makes up another when the first replica comes, and when none has been there for
/// <c>repl-backlog-ttl</c> (an hour).
/// </param>
/// <param name="IsReplica">Whether it follows another.</param>
internal readonly record struct PrimaryIdentity(string RunId, string ReplicationId, bool IsReplica)
{
    /// <summary>Whether it says anything that another server would not.</summary>
    public bool IsKnown => RunId.AsSpan().ContainsAnyExcept('0') || ReplicationId.AsSpan().ContainsAnyExcept('0');

    /// <summary>Reads the sections <c>server</c> and <c>replication</c>.</summary>
    public static PrimaryIdentity Parse(string server, string replication) =>
        new(Find(server, "run_id:"), Find(replication, "master_replid:"), Find(replication, "role:") == "slave");

    private static string Find(string info, string name)
    {
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return line[name.Length..].Trim().ToString();
            }
        }

        return string.Empty;
    }
}
