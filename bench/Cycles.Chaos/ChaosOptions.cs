using System.Globalization;
using Cycles.Chaos.Faults;

namespace Cycles.Chaos;

/// <summary>What the command line asks for.</summary>
internal sealed record ChaosOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/Cycles.Chaos -- [options]

          --seed NUMBER         repeats the choices of a run: faults and load (default 1)
          --faults COUNT        how many faults, 1 to 1,000 (default 20)
          --kinds NAMES         kill, term, stop (comma between; default: all)
          --targets NAMES       silo, gateway, silos, gateways, both (pairs; comma between; default: all)
          --rolling             no faults: each silo and gateway is restarted by SIGTERM, one after the other, --faults times over
          --tenants COUNT       tenants under load, 1 to 500 (default 40)
          --silos COUNT         silos, 2 to 8 (default 3)
          --pause-ms NUMBER     mean pause of a client between operations, 1 to 10,000 (default 300)
          --hang SECONDS        the longest SIGSTOP, 2 to 120 (default 15; the shortest is 2)
          --minutes NUMBER      begin no fault after that time, 1 to 600 (default 600)
          --limit SECONDS       a tenant that is not served for so long fails the run, 5 to 600 (default 60)
          --server FOLDER       take the Release build of the working copy FOLDER as it is, instead of building this one
          --logs FOLDER         keep what the processes print there
          --output FILE         also write the table to FILE, as markdown
        """;

    public int Seed { get; private init; } = 1;
    public int Faults { get; private init; } = 20;
    public IReadOnlyList<FaultKind> Kinds { get; private init; } = [FaultKind.Kill, FaultKind.Term, FaultKind.Stop];
    public IReadOnlyList<FaultTarget> Targets { get; private init; } = Enum.GetValues<FaultTarget>();
    public bool Rolling { get; private init; }
    public int Tenants { get; private init; } = 40;
    public int Silos { get; private init; } = 3;
    public int PauseMs { get; private init; } = 300;
    public int HangSeconds { get; private init; } = 15;
    public TimeSpan Limit { get; private init; } = TimeSpan.FromSeconds(60);
    public TimeSpan Time { get; private init; } = TimeSpan.FromMinutes(600);
    public string? Server { get; private init; }
    public string? Logs { get; private init; }
    public string? Output { get; private init; }

    public static ChaosOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ChaosOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var name = arguments[index];
            options = name switch
            {
                "--seed" => options with { Seed = Number(0, int.MaxValue) },
                "--faults" => options with { Faults = Number(1, 1_000) },
                "--kinds" => options with { Kinds = Names<FaultKind>() },
                "--targets" => options with { Targets = Names<FaultTarget>() },
                "--rolling" => options with { Rolling = true },
                "--tenants" => options with { Tenants = Number(1, 500) },
                "--silos" => options with { Silos = Number(2, 8) },
                "--pause-ms" => options with { PauseMs = Number(1, 10_000) },
                "--hang" => options with { HangSeconds = Number(2, 120) },
                "--minutes" => options with { Time = TimeSpan.FromMinutes(Number(1, 600)) },
                "--limit" => options with { Limit = TimeSpan.FromSeconds(Number(5, 600)) },
                "--server" => options with { Server = Path.GetFullPath(Value()) },
                "--logs" => options with { Logs = Path.GetFullPath(Value()) },
                "--output" => options with { Output = Value() },
                _ => throw new ChaosException($"unknown option {name}{Environment.NewLine}{Usage}"),
            };

            string Value() => ++index < arguments.Count ? arguments[index] : throw new ChaosException($"{name} needs a value");

            T[] Names<T>()
                where T : struct, Enum =>
                [
                    .. Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                        .Select(text => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
                            ? value
                            : throw new ChaosException($"{name} does not take {text}")),
                ];

            int Number(int least, int most) =>
                int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? number
                    : throw new ChaosException($"{name} takes a whole number from {least} to {most}");
        }

        return options;
    }
}
