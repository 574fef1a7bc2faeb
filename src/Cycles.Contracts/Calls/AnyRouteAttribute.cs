using Orleans.CodeGeneration;

namespace Cycles.Contracts.Calls;

/// <summary>
/// Lets a client send each call of the method by way of another silo. By default Orleans sends all calls to a grain by way of the same silo, to keep them in order. Then a
/// request that is run again would go by way of the silo that hangs. Nothing in Cycles relies on that order.
/// </summary>
[InvokableCustomInitializer("AddInvokeMethodOptions", InvokeMethodOptions.Unordered)]
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnyRouteAttribute : Attribute;
