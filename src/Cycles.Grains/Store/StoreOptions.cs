namespace Cycles.Grains.Store;

/// <summary>How the ledger uses its store (configuration section <c>Cycles:Store</c>).</summary>
public sealed class StoreOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cycles:Store";

    /// <summary>The most transactions of one group commit, 1 to 10,000. Larger batches share a durable write further, at the price of its latency.</summary>
    public int MaxBatch { get; set; } = 400;

    /// <summary>The most transactions that wait for a batch, 1 to 1,000,000; beyond it callers wait for room.</summary>
    public int MaxQueued { get; set; } = 20_000;

    /// <summary>
    /// The most bytes of one group commit, 65,536 to 67,108,864; a transaction that is larger goes alone. The store holds a batch as a whole in
    /// memory, and more than once. Default 1,048,576.
    /// </summary>
    public int MaxBatchBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The most bytes of transactions that wait for a batch, at least 1,048,576; beyond it callers wait for room. 0, the default, takes a 16th of
    /// the memory that the process may use, 16 to 256 MB.
    /// </summary>
    public long MaxQueuedBytes { get; set; }

    /// <summary>How many replicas must have a batch before it counts as durable (Redis <c>WAIT</c>); 0 leaves durability to the store's appendfsync.</summary>
    public int WaitForReplicas { get; set; }

    /// <summary>How long an answer of the store is waited for; then its outcome counts as unknown and is read back.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a process that starts waits for a store that cannot be reached, 0 to 10 min; then it ends.</summary>
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long finalized reservations and events are kept.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long the audit log is kept.</summary>
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long the audit log keeps requests that came without a valid key.</summary>
    public TimeSpan UnauthenticatedAuditRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long answers are kept for replay where no reservation keeps them (decide, dry run, funding); at least 24 h.</summary>
    public TimeSpan ReplayRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The most policies of one tenant, 1 to 100,000. Disabled ones count: the protocol has no way to delete one, and each is read whenever the
    /// tenant's grain is loaded, and looked at by every reserve.
    /// </summary>
    public int MaxPolicies { get; set; } = 1000;

    /// <summary>
    /// The most active reservations of one tenant, 0 to 1,000,000,000; 0 is no limit. A reserve beyond is refused with LIMIT_EXCEEDED; commits,
    /// releases, extensions and expiry never are. Default 2,000,000.
    /// </summary>
    public int MaxOutstanding { get; set; } = 2_000_000;

    /// <summary>
    /// The most bytes that are written for one tenant on one UTC day, at least 1,000,000, or 0 for no limit. Beyond it reserves, events, decides
    /// and dry runs are refused with LIMIT_EXCEEDED; everything else goes on. Default 100 GB.
    /// </summary>
    public long MaxBytesPerDay { get; set; } = 100_000_000_000;

    /// <summary>The most budgets of one tenant, closed ones among them, 1 to 10,000,000. Default 1,000,000.</summary>
    public int MaxBudgets { get; set; } = 1_000_000;

    /// <summary>
    /// How many of a tenant's reservations that have ended are put into its history together, 16 to 4,096. Until then each has a key of its own. Larger ones
    /// compress better, and make lists faster. Default 4,096.
    /// </summary>
    public int HistoryBatch { get; set; } = 4096;

    internal long QueuedBytes => MaxQueuedBytes > 0 ? MaxQueuedBytes : SixteenthOfMemory;

    internal long IdleBytes => SixteenthOfMemory;

    private static long SixteenthOfMemory =>
        Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16, 16L * 1024 * 1024, 256L * 1024 * 1024);
}
