using System.Runtime.InteropServices;
using Cycles.Chaos;

if (args.Any(argument => argument is "--help" or "-h"))
{
    Console.WriteLine(ChaosOptions.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    return await ChaosRun.RunAsync(ChaosOptions.Parse(args), stop.Token);
}
catch (ChaosException problem)
{
    Console.Error.WriteLine($"chaos: {problem.Message}");
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("chaos: stopped; everything it started has been ended");
    return 130;
}

// What was started ends with the run, so the default way out (the process vanishes) is refused.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
