using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;

namespace Cycles.Protocol.Validation;

/// <summary>What may be said of an API key.</summary>
public static class ApiKeyRules
{
    private const int MaxNameLength = 256;
    private const int MaxDescriptionLength = 1024;
    private const int MaxShown = 100;

    /// <summary>Body of PATCH /v1/admin/api-keys/{key_id}: INVALID_REQUEST, or null.</summary>
    public static Problem? Validate(this ApiKeyUpdateRequest request) => Check.First(
        request.Name is null ? null : Check.Filled("name", request.Name, MaxNameLength),
        Check.Length("description", request.Description, MaxDescriptionLength),
        CheckPermissions(request.Permissions),
        CheckScopeFilter(request.ScopeFilter));

    internal static string? CheckPermissions(string[]? permissions)
    {
        foreach (var permission in permissions ?? [])
        {
            if (permission is null || !Permissions.IsKnown(permission))
            {
                return $"Unrecognized permission: {(permission?.Length > MaxShown ? permission[..MaxShown] : permission ?? "null")}";
            }
        }

        return null;
    }

    internal static string? CheckScopeFilter(string[]? entries) =>
        entries is null || ScopeFilter.TryParse(entries, out _, out var problem) ? null : problem;
}
