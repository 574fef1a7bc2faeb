namespace Cycles.Gateway.Hosting;

/// <summary>Whether there may be other gateways, of which a caller asks the next when this one does not answer.</summary>
internal sealed record GatewayPeers(bool MayExist);
