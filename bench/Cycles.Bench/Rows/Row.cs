using Cycles.Bench.Servers;

namespace Cycles.Bench.Rows;

/// <summary>One measurement: a line of the table.</summary>
internal sealed record Row(StoreKind Store, Workload Workload, int Scopes, int Tenants, int Connections);
