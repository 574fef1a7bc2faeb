using Microsoft.Extensions.Options;

namespace Cycles.Silo.Store;

/// <summary>What of <see cref="EmbeddedStoreOptions"/> cannot work.</summary>
public sealed class EmbeddedStoreOptionsValidator : IValidateOptions<EmbeddedStoreOptions>
{
    private const long Mega = 1 << 20;
    private const long Tera = 1L << 40;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EmbeddedStoreOptions options) =>
        Check(nameof(options.Memory), options.Memory, 16 * Mega, "16m")
        ?? Check(nameof(options.Index), options.Index, Mega, "1m")
        ?? Check(nameof(options.AppendOnlyFileLimit), options.AppendOnlyFileLimit, 64 * Mega, "64m")
        ?? (options.MinimumFreeMegabytes is < 1 or > 1_000_000
            ? ValidateOptionsResult.Fail($"{EmbeddedStoreOptions.Section}:{nameof(options.MinimumFreeMegabytes)} must be 1 to 1000000")
            : ValidateOptionsResult.Success);

    /// <summary>A size that is not set is chosen by the process.</summary>
    private static ValidateOptionsResult? Check(string setting, string? value, long min, string minName) =>
        value is null || (ByteSize.Parse(value) is { } size && size >= min && size <= Tera)
            ? null
            : ValidateOptionsResult.Fail($"{EmbeddedStoreOptions.Section}:{setting} is '{value}' and must be a size of {minName} to 1t, such as 256m");
}
