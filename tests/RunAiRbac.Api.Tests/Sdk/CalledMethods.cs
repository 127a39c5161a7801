using System.Reflection;
using System.Reflection.Emit;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>Which methods the code of a type calls, read from its instructions.</summary>
internal static class CalledMethods
{
    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Of the type and the types inside it (lambdas, asynchronous methods).</summary>
    public static HashSet<MethodBase> Of(Type type)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var called = new HashSet<MethodBase>();
        foreach (var method in type.GetMethods(all)) called.UnionWith(Of(method));
        foreach (var inner in type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)) called.UnionWith(Of(inner));
        return called;
    }

    private static IEnumerable<MethodBase> Of(MethodInfo method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var opCode = OpCodes[value];
            at += opCode.Size;
            if (opCode.OperandType == OperandType.InlineMethod && method.Module.ResolveMethod(BitConverter.ToInt32(code, at), typeArguments, methodArguments) is { } called) yield return called;
            at += Size(opCode.OperandType, code, at);
        }
    }

    private static int Size(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };
}
