using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ReactiveLink.Architecture.Tests;

/// <summary>Lists what an assembly shows its users, one member a line, in a fixed order.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var line in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => type.GetCustomAttribute<IsReadOnlyAttribute>() is null ? "struct" : "readonly struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new List<Type>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) && parent != typeof(MulticastDelegate))
        {
            bases.Add(parent);
        }

        if (!type.IsEnum && !typeof(Delegate).IsAssignableFrom(type))
        {
            bases.AddRange(type.GetInterfaces().Where(i => i.IsPublic).OrderBy(i => i.FullName, StringComparer.Ordinal));
        }

        return $"{kind} {type.Namespace}.{Name(type)}" + (bases.Count == 0 ? "" : " : " + string.Join(", ", bases.Select(Name)));
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => string.Create(
                CultureInfo.InvariantCulture,
                $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"));
        }

        return type.GetMembers(Declared).Select(Describe).Where(line => line.Length > 0);
    }

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when Shown(constructor) => $"{Access(constructor)}.ctor({Parameters(constructor)})",
        FieldInfo { IsPublic: true } field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => Property(property),
        EventInfo { AddMethod.IsPublic: true } added => $"event {Name(added.EventHandlerType!)} {added.Name}",
        MethodInfo { IsSpecialName: false } method when Shown(method) && !Generated(method) => Method(method),
        MethodInfo { IsSpecialName: true } method when Shown(method) && method.Name.StartsWith("op_", StringComparison.Ordinal) && !Generated(method) => Method(method),
        _ => "",
    };

    private static bool Shown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool Generated(MethodInfo method) =>
        method.GetCustomAttribute<CompilerGeneratedAttribute>() is not null || method.Name.Contains('<', StringComparison.Ordinal);

    private static string Access(MethodBase method) => (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "");

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? "<" + string.Join(", ", method.GetGenericArguments().Select(Name)) + ">" : "";
        var extension = method.GetCustomAttribute<ExtensionAttribute>() is null ? "" : "this ";
        return $"{Access(method)}{Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter), method.ReturnType)} {method.Name}{generic}({extension}{Parameters(method)})";
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(Shown).ToArray();
        if (accessors.Length == 0)
        {
            return "";
        }

        var setter = property.SetMethod is { } set && Shown(set)
            ? set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
            : "";
        var required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : "required ";
        var name = property.GetIndexParameters().Length == 0 ? property.Name : "this[" + string.Join(", ", property.GetIndexParameters().Select(p => Name(p.ParameterType))) + "]";
        return $"{Access(accessors[0])}{required}{Name(property.PropertyType)}{Mark(Nullability.Create(property), property.PropertyType)} {name} {{ get;{setter} }}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var prefix = parameter.IsOut ? "out " : type.IsByRef ? parameter.IsIn ? "in " : "ref " : "";
        type = type.IsByRef ? type.GetElementType()! : type;
        var value = !parameter.HasDefaultValue ? "" : " = " + parameter.RawDefaultValue switch
        {
            null => type.IsValueType ? "default" : "null",
            string text => "\"" + text + "\"",
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
            var other => other.ToString(),
        };
        return $"{prefix}{Name(type)}{Mark(Nullability.Create(parameter), type)} {parameter.Name}{value}";
    }

    private static string Mark(NullabilityInfo nullability, Type type) =>
        !type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "";

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.IsByRef)
        {
            return "ref " + Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        var name = type.IsNested && !type.IsGenericParameter ? Name(type.DeclaringType!) + "." + type.Name : type.Name;
        return type.IsGenericType
            ? name[..(name.IndexOf('`', StringComparison.Ordinal) is var tick and >= 0 ? tick : name.Length)] + "<" + string.Join(", ", type.GetGenericArguments().Select(Name)) + ">"
            : name;
    }
}
