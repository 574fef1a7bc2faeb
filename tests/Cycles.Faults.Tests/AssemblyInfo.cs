using Xunit.Sdk;
using Xunit.v3;

// Each test loads the machine, and measures how long things take.
[assembly: Parallelization(Mode = ParallelMode.None)]
