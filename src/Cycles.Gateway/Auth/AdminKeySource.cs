using System.Text;
using Cycles.Silo;

namespace Cycles.Gateway.Auth;

/// <summary>Where the configured admin key comes from: a setting, or a file, as secrets are mounted into containers.</summary>
internal static class AdminKeySource
{
    // More than the longest key in UTF-8, with the blanks of a secret file around it.
    private const int MaxFileBytes = 8 * 1024;

    /// <summary>
    /// Makes <see cref="GatewayOptions.AdminKey"/> the key that counts, without blanks around it (a file's last newline, above all); null when none is
    /// configured.
    /// </summary>
    /// <exception cref="StartUpException">It is given twice, cannot be read, or is none that would ever fit a header.</exception>
    public static void Settle(GatewayOptions options) => (options.AdminKey, options.AdminKeyFile) = (Read(options), null);

    private static string? Read(GatewayOptions options)
    {
        if (options.AdminKeyFile is not { } path)
        {
            return options.AdminKey is { } key ? Check(key, "Cycles:AdminKey") : null;
        }

        return options.AdminKey is null
            ? Check(ReadFile(path), $"The key in Cycles:AdminKeyFile '{path}'")
            : throw new StartUpException("Cycles:AdminKey and Cycles:AdminKeyFile are both set; set one of them");
    }

    private static string ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[MaxFileBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= MaxFileBytes
                ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
                : throw new StartUpException($"Cycles:AdminKeyFile '{path}' has more than {MaxFileBytes} bytes; it must have the key and nothing else");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartUpException($"Cycles:AdminKeyFile '{path}' must be a file that can be read: {exception.Message}", exception);
        }
    }

    private static string Check(string text, string name)
    {
        // A file written on Windows may begin with a byte order mark.
        var key = text.Trim().Trim('\uFEFF').Trim();
        if (key.Length is < AdminKey.MinLength or > AdminKey.MaxLength)
        {
            throw new StartUpException($"{name} must have at least {AdminKey.MinLength} characters and at most {AdminKey.MaxLength}, blanks around it not counted");
        }

        return key.Any(char.IsControl)
            ? throw new StartUpException($"{name} must be one line without control characters: no HTTP header can carry it")
            : key;
    }
}
