namespace Cycles.Contracts.Security;

/// <summary>Which Orleans clients outside of the silos may call a grain. Silos, and the gateway inside of one, may call every grain.</summary>
public enum ClientAccess
{
    /// <summary>None: the grain is called by other grains only.</summary>
    None,

    /// <summary>Clients that have proved that they know the cluster's secret: gateways.</summary>
    Gateways,

    /// <summary>Every client that reaches the port. The grain itself must check who calls.</summary>
    Agents,
}

/// <summary>Says which Orleans clients may call the grains of an interface. Every grain interface must have it; without it no client may.</summary>
/// <param name="access">Which may.</param>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ClientAccessAttribute(ClientAccess access) : Attribute
{
    /// <summary>Which clients may.</summary>
    public ClientAccess Access => access;
}
