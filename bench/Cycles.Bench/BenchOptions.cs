using System.Globalization;
using Cycles.Bench.Outstanding;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/Cycles.Bench -- [options]

          --quick               3 seconds a row, at 1 and 200 connections only
          --duration SECONDS    measured seconds a row, 1 to 25 (default 8)
          --only NAMES          workloads besides the no-op: reserve, pair, denial (comma between)
          --store NAMES         embedded, redis-everysec, redis-always (default: all; with --memory: embedded)
          --output FILE         also write the tables to FILE, as markdown
          --memory              200,000 reserve+commit pairs; what the server holds before and after
          --pairs COUNT         another number of pairs for --memory
          --base COUNT          pairs before the base of --memory is taken (default 5,000)
          --limits              records of 8 and 30 KB in containers of 256 to 1,024 MB, 60 s each (with --quick 20 s; needs root)
          --audit               pages of an audit log of 1,000,000 entries, by many filters (store: embedded)
          --entries COUNT       another number of entries for --audit
          --pages COUNT         pages of each question of --audit (default 300)
          --lists               pages of 100,000 budgets in 1,000 tenants, at rest and under load (with --quick: of 10,000 in 100)
          --history             a tenant with 3,000,000 finalized reservations beside one without (stores: embedded, redis-everysec)
          --reservations COUNT  another number of them
          --outstanding         1,000,000 active reservations of a tenant, 100,000 that lapse at once, 100,000 tenants (stores: embedded, redis-everysec)
          --parts NAMES         of --outstanding: active, due, tenants (default: all)
          --scale PERCENT       a part of these numbers, to try it
          --gateway FILE        measure this Cycles.Gateway.dll instead of building the one of the repository
          --data FOLDER         where the stores put their files (default: the folder for temporary files)
        """;

    /// <summary>A reservation lives 60 s: warm-up and measurement together must end before the first one expires.</summary>
    private const int LongestDurationSeconds = 25;

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(8);
    public TimeSpan WarmUpSlice { get; private init; } = TimeSpan.FromSeconds(3);
    public int MostWarmUpSlices { get; private init; } = 8;
    public IReadOnlyList<int> Connections { get; private init; } = [1, 50, 200];
    public IReadOnlyList<Workload> Workloads { get; private init; } = [Workload.Reserve, Workload.Pair, Workload.Denial];
    public IReadOnlyList<StoreKind>? Stores { get; private init; }
    public string? Output { get; private init; }
    public bool Memory { get; private init; }
    public int Pairs { get; private init; } = 200_000;
    public int BasePairs { get; private init; } = 5_000;
    public bool Limits { get; private init; }
    public TimeSpan LimitDuration { get; private init; } = TimeSpan.FromSeconds(60);
    public bool Audit { get; private init; }
    public int Entries { get; private init; } = 1_000_000;
    public int Pages { get; private init; } = 300;
    public bool Lists { get; private init; }
    public int ListTenants { get; private init; } = 1_000;
    public int ListRequests { get; private init; } = 300;
    public bool History { get; private init; }
    public int Reservations { get; private init; } = 3_000_000;
    public int HistoryPages { get; private init; } = 150;
    public bool Outstanding { get; private init; }
    public OutstandingShape OutstandingShape { get; private init; } = new();
    public IReadOnlyList<string> OutstandingParts { get; private init; } = OutstandingRunner.Names;
    public string? Gateway { get; private init; }
    public string DataFolder { get; private init; } = Path.GetTempPath();

    private BenchOptions Quick() => this with
    {
        Duration = TimeSpan.FromSeconds(3),
        WarmUpSlice = TimeSpan.FromSeconds(2),
        MostWarmUpSlices = 10,
        Connections = [1, 200],
        LimitDuration = TimeSpan.FromSeconds(20),
        ListTenants = 100,
        ListRequests = 20,
        HistoryPages = 30,
        OutstandingShape = OutstandingShape.Quick(),
    };

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var name = arguments[index];
            options = name switch
            {
                "--quick" => options.Quick(),
                "--duration" => options with { Duration = TimeSpan.FromSeconds(Number(1, LongestDurationSeconds)) },
                "--only" => options with { Workloads = [.. Names().Select(WorkloadNames.Parse).Where(workload => workload != Workload.NoOp)] },
                "--store" => options with { Stores = [.. Names().Select(StoreNames.Parse)] },
                "--output" => options with { Output = Value() },
                "--memory" => options with { Memory = true },
                "--pairs" => options with { Pairs = Number(1_000, 10_000_000) },
                "--base" => options with { BasePairs = Number(1_000, 10_000_000) },
                "--limits" => options with { Limits = true },
                "--audit" => options with { Audit = true },
                "--entries" => options with { Entries = Number(100_000, 10_000_000) },
                "--pages" => options with { Pages = Number(10, 100_000) },
                "--lists" => options with { Lists = true },
                "--history" => options with { History = true },
                "--reservations" => options with { Reservations = Number(10_000, 100_000_000) },
                "--outstanding" => options with { Outstanding = true },
                "--parts" => options with { OutstandingParts = [.. Names().Select(Part)] },
                "--scale" => options with { OutstandingShape = options.OutstandingShape.Scaled(Number(1, 1000)) },
                "--gateway" => options with { Gateway = ExistingFile(Value()) },
                "--data" => options with { DataFolder = Path.GetFullPath(Value()) },
                _ => throw new BenchException($"unknown option {name}{Environment.NewLine}{Usage}"),
            };

            string Value() => ++index < arguments.Count ? arguments[index] : throw new BenchException($"{name} needs a value");

            string[] Names() => Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

            string Part(string part) => OutstandingRunner.Names.Contains(part) ? part : throw new BenchException($"{name} takes {string.Join(", ", OutstandingRunner.Names)}");

            string ExistingFile(string file) => File.Exists(file) ? Path.GetFullPath(file) : throw new BenchException($"there is no {file}");

            int Number(int least, int most) =>
                int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? number
                    : throw new BenchException($"{name} takes a whole number from {least} to {most}");
        }

        return options;
    }
}
