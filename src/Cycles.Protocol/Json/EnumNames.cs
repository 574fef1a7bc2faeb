using System.Text.Json.Serialization;

namespace Cycles.Protocol.Json;

/// <summary>An enum on the wire: by its protocol name alone. A number is not one of the names, so it is refused like any other unknown one.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class EnumNames<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
