using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

/// <summary>What came of taking a tenant's fence.</summary>
/// <param name="IsTaken">False when the store turned out to be another than the ledger read; nothing was written.</param>
/// <param name="Previous">What the fence held before.</param>
/// <param name="At">A timestamp (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>) after it was taken.</param>
internal readonly record struct FenceTaken(bool IsTaken, RedisValue Previous, long At);
