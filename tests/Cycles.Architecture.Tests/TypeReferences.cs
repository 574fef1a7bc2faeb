using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Cycles.Architecture.Tests;

/// <summary>
/// Which type names which, read from an assembly's metadata and from the code of its methods. A nested type counts as the one around it. What a compiler copies (a constant, a member of
/// an enum) leaves no trace here, so <see cref="FolderTests"/> reads the sources' usings too.
/// </summary>
internal sealed class TypeReferences : ISignatureTypeProvider<IEnumerable<string>, object?>
{
    private static readonly Dictionary<short, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => code.Value, code => code.OperandType);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    private TypeReferences(PEReader file) => (_file, _metadata) = (file, file.GetMetadataReader());

    /// <summary>All references of an assembly's types, without what Orleans generates.</summary>
    public static (string From, string To)[] Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Assemblies.PathOf(assembly)));
        return [.. new TypeReferences(file).Read()];
    }

    IEnumerable<string> ISZArrayTypeProvider<IEnumerable<string>>.GetSZArrayType(IEnumerable<string> elementType) => elementType;

    IEnumerable<string> IConstructedTypeProvider<IEnumerable<string>>.GetArrayType(IEnumerable<string> elementType, ArrayShape shape) => elementType;

    IEnumerable<string> IConstructedTypeProvider<IEnumerable<string>>.GetByReferenceType(IEnumerable<string> elementType) => elementType;

    IEnumerable<string> IConstructedTypeProvider<IEnumerable<string>>.GetPointerType(IEnumerable<string> elementType) => elementType;

    IEnumerable<string> IConstructedTypeProvider<IEnumerable<string>>.GetGenericInstantiation(
        IEnumerable<string> genericType, ImmutableArray<IEnumerable<string>> typeArguments) => genericType.Concat(typeArguments.SelectMany(type => type));

    IEnumerable<string> ISignatureTypeProvider<IEnumerable<string>, object?>.GetFunctionPointerType(MethodSignature<IEnumerable<string>> signature) => TypesOf(signature);

    IEnumerable<string> ISignatureTypeProvider<IEnumerable<string>, object?>.GetGenericMethodParameter(object? genericContext, int index) => [];

    IEnumerable<string> ISignatureTypeProvider<IEnumerable<string>, object?>.GetGenericTypeParameter(object? genericContext, int index) => [];

    IEnumerable<string> ISignatureTypeProvider<IEnumerable<string>, object?>.GetModifiedType(
        IEnumerable<string> modifier, IEnumerable<string> unmodifiedType, bool isRequired) => unmodifiedType;

    IEnumerable<string> ISignatureTypeProvider<IEnumerable<string>, object?>.GetPinnedType(IEnumerable<string> elementType) => elementType;

    IEnumerable<string> ISimpleTypeProvider<IEnumerable<string>>.GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    IEnumerable<string> ISimpleTypeProvider<IEnumerable<string>>.GetTypeFromDefinition(
        MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [NameOf(handle)];

    IEnumerable<string> ISimpleTypeProvider<IEnumerable<string>>.GetTypeFromReference(
        MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [NameOf(handle)];

    IEnumerable<string> ISignatureTypeProvider<IEnumerable<string>, object?>.GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => Of(handle);

    private static IEnumerable<string> TypesOf(MethodSignature<IEnumerable<string>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(type => type));

    private HashSet<(string From, string To)> Read()
    {
        var references = new HashSet<(string From, string To)>();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var from = NameOf(handle);
            if (!from.StartsWith("OrleansCodeGen.", StringComparison.Ordinal))
            {
                references.UnionWith(OfDefinition(_metadata.GetTypeDefinition(handle)).Where(to => to != from).Select(to => (from, to)));
            }
        }

        return references;
    }

    private IEnumerable<string> OfDefinition(TypeDefinition type) =>
    [
        .. Of(type.BaseType),
        .. type.GetInterfaceImplementations().SelectMany(handle => Of(_metadata.GetInterfaceImplementation(handle).Interface)),
        .. type.GetFields().SelectMany(handle => _metadata.GetFieldDefinition(handle).DecodeSignature(this, null)),
        .. type.GetGenericParameters().SelectMany(handle => _metadata.GetGenericParameter(handle).GetConstraints())
            .SelectMany(handle => Of(_metadata.GetGenericParameterConstraint(handle).Type)),
        .. OfAttributes(type.GetCustomAttributes()),
        .. type.GetMethods().SelectMany(handle => OfMethod(_metadata.GetMethodDefinition(handle))),
    ];

    private IEnumerable<string> OfAttributes(CustomAttributeHandleCollection attributes) =>
        attributes.SelectMany(handle => Of(_metadata.GetCustomAttribute(handle).Constructor));

    private List<string> OfMethod(MethodDefinition method)
    {
        List<string> found = [.. TypesOf(method.DecodeSignature(this, null)), .. OfAttributes(method.GetCustomAttributes())];
        if (method.RelativeVirtualAddress != 0)
        {
            var body = _file.GetMethodBody(method.RelativeVirtualAddress);
            found.AddRange(body.ExceptionRegions.SelectMany(region => Of(region.CatchType)));
            found.AddRange(body.LocalSignature.IsNil
                ? []
                : _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null).SelectMany(type => type));
            AddCode(found, body.GetILReader());
        }

        return found;
    }

    private void AddCode(List<string> found, BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            short value = code.ReadByte();
            if (value == 0xFE)
            {
                value = unchecked((short)(0xFE00 | code.ReadByte()));
            }

            switch (Operands[value])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.ReadByte();
                    break;
                case OperandType.InlineVar:
                    code.ReadInt16();
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.ReadInt64();
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += sizeof(int) * targets;
                    break;
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    found.AddRange(Of(MetadataTokens.EntityHandle(code.ReadInt32())));
                    break;
                default:
                    code.ReadInt32();
                    break;
            }
        }
    }

    /// <summary>The types behind a token.</summary>
    private IEnumerable<string> Of(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return [];
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return [NameOf((TypeDefinitionHandle)handle)];
            case HandleKind.TypeReference:
                return [NameOf((TypeReferenceHandle)handle)];
            case HandleKind.TypeSpecification:
                return _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
            case HandleKind.MethodDefinition:
                return [NameOf(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType())];
            case HandleKind.FieldDefinition:
                var field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return [NameOf(field.GetDeclaringType()), .. field.DecodeSignature(this, null)];
            case HandleKind.MemberReference:
                var member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                return Of(member.Parent).Concat(member.GetKind() == MemberReferenceKind.Method
                    ? TypesOf(member.DecodeMethodSignature(this, null))
                    : member.DecodeFieldSignature(this, null));
            case HandleKind.MethodSpecification:
                var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return Of(method.Method).Concat(method.DecodeSignature(this, null).SelectMany(type => type));
            default:
                return [];
        }
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } around ? NameOf(around) : $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }

    private string NameOf(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf((TypeReferenceHandle)type.ResolutionScope)
            : $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }
}
