using System.Reflection;
using RunAiRbac.Client;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>Nothing of the SDK is left untested, nothing of the compatible API is left out of it.</summary>
public sealed class InventoryTests
{
    [Fact]
    public void Method_OfAGroup_IsCalledByTheTour()
    {
        var groups = typeof(RunAiRbacClient).GetProperties().Select(p => p.PropertyType).ToList();
        var methods = groups.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).ToList();
        var called = CalledMethods.Of(typeof(Tour)).ToHashSet();

        methods.Should().HaveCountGreaterThan(60);
        methods.Where(m => !called.Contains(m)).Select(m => $"{m.DeclaringType!.Name}.{m.Name}").Should().BeEmpty("the tour goes through every method");
    }

    [Fact]
    public void Method_OfAGroup_CanBeCancelled()
    {
        foreach (var method in typeof(RunAiRbacClient).GetProperties().SelectMany(p => p.PropertyType.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)))
        {
            method.Name.Should().EndWith("Async");
            method.GetParameters()[^1].Should().Match<ParameterInfo>(p => p.ParameterType == typeof(CancellationToken) && p.IsOptional, $"{method.DeclaringType!.Name}.{method.Name} can be cancelled");
        }
    }

    [Fact]
    public void Operation_Whichever_IsSaidOnce()
        => EveryMethodTests.Operations.Select(o => $"{o.Method} {o.Path}").Should().OnlyHaveUniqueItems();
}
