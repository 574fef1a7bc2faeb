using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NJsonSchema;

namespace Cycles.Http.Tests.Protocol;

/// <summary>What the protocol says about the answer of an operation with a status.</summary>
internal sealed class ProtocolSchemas
{
    private const string SchemaPrefix = "#/components/schemas/";

    // What the protocol leaves to vendors: of it the protocol says only how errors look.
    private const string ExtensionPrefix = "/v1/x-cycles/";

    private readonly List<(Regex Path, string Method, JsonObject Operation, JsonObject Document)> _operations = [];
    private readonly ConcurrentDictionary<string, Task<JsonSchema>> _schemas = new();

    private ProtocolSchemas(params JsonObject[] documents)
    {
        foreach (var document in documents)
        {
            foreach (var (path, operations) in (JsonObject)document["paths"]!)
            {
                var pattern = new Regex("^" + Regex.Replace(Regex.Escape(path), @"\\\{[^}]*}", "[^/]+") + "$");
                foreach (var (method, operation) in (JsonObject)operations!)
                {
                    if (operation is JsonObject { } described && described.ContainsKey("responses"))
                    {
                        _operations.Add((pattern, method.ToUpperInvariant(), described, document));
                    }
                }
            }
        }
    }

    /// <summary>Null when the protocol's files are not there.</summary>
    public static ProtocolSchemas? Instance { get; } = Load();

    /// <summary>What is wrong with an answer; empty when nothing is.</summary>
    /// <param name="method">The verb.</param>
    /// <param name="path">The path without its query.</param>
    /// <param name="status">The status.</param>
    /// <param name="body">The body.</param>
    public async Task<string> CheckAsync(string method, string path, int status, string body)
    {
        if (path.StartsWith(ExtensionPrefix, StringComparison.Ordinal))
        {
            return status < 400 ? string.Empty : await CheckAsync(await ErrorSchemaAsync(_operations[^1].Document), body);
        }

        var operations = _operations.Where(operation => operation.Method == method && operation.Path.IsMatch(path)).ToList();
        if (operations.Count == 0 || status is 405 or 413 or 415 or 429)
        {
            // Not an operation, or refused before it was one, or too soon (ERROR SEMANTICS allows that everywhere): only the error body is said.
            return await CheckAsync(await ErrorSchemaAsync((operations.Count == 0 ? _operations[0] : operations[0]).Document), body);
        }

        var problems = new List<string>();
        foreach (var operation in operations)
        {
            var problem = operation.Operation["responses"]![$"{status}"] is { } response
                ? await CheckAsync(await SchemaAsync(operation.Document, Resolve(operation.Document, response), $"{method} {path} {status} {operation.Document["info"]!["title"]}"), body)
                : $"status {status} is not among those of {method} {path}";
            if (problem.Length == 0)
            {
                return string.Empty;
            }

            problems.Add(problem);
        }

        return string.Join("; or ", problems);
    }

    private static ProtocolSchemas? Load() => ProtocolFiles.Folder is not { } folder
        ? null
        : new ProtocolSchemas(
            YamlToJson.Read(Path.Combine(folder, ProtocolFiles.Runtime)), YamlToJson.Read(Path.Combine(folder, ProtocolFiles.Admin)));

    private static Task<string> CheckAsync(JsonSchema schema, string body) => Task.FromResult(string.Join(
        ", ", schema.Validate(body).Select(error => $"{error.Kind} at {error.Path}")));

    private static JsonNode Resolve(JsonObject document, JsonNode node)
    {
        while (node["$ref"] is { } reference)
        {
            node = reference.GetValue<string>()[2..].Split('/').Aggregate((JsonNode)document, (current, name) => current[name]!);
        }

        return node;
    }

    private Task<JsonSchema> ErrorSchemaAsync(JsonObject document) => SchemaAsync(
        document,
        JsonNode.Parse("""{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/ErrorResponse"}}}}""")!,
        $"error {document["info"]!["title"]}");

    private Task<JsonSchema> SchemaAsync(JsonObject document, JsonNode response, string key) => _schemas.GetOrAdd(key, _ =>
    {
        var schema = (JsonObject)response["content"]!["application/json"]!["schema"]!.DeepClone();
        if (schema["$ref"] is not null)
        {
            schema = new JsonObject { ["allOf"] = new JsonArray(schema) };
        }

        schema["definitions"] = document["components"]!["schemas"]!.DeepClone();
        return JsonSchema.FromJsonAsync(schema.ToJsonString().Replace(SchemaPrefix, "#/definitions/", StringComparison.Ordinal));
    });
}
