using System.Text.RegularExpressions;
using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>The wire types: no log line made of one shows a secret.</summary>
public sealed partial class ContractTests
{
    private const string Marker = "S3CRET";

    [Fact]
    public void Contract_WithASecret_DoesNotShowItAsText()
    {
        var checkedTypes = 0;
        foreach (var type in typeof(AccessRule).Assembly.GetExportedTypes().Where(t => t.Namespace == typeof(AccessRule).Namespace && t is { IsAbstract: false, IsClass: true }))
        {
            var secrets = type.GetProperties().Where(p => p.PropertyType == typeof(string) && Secret().IsMatch(p.Name) && !NoSecrets.Contains($"{type.Name}.{p.Name}")).ToList();
            if (secrets.Count == 0) continue;
            var value = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            foreach (var property in secrets)
            {
                property.SetMethod.Should().NotBeNull($"{type.Name}.{property.Name} is set here");
                property.SetValue(value, Marker);
            }

            value.ToString().Should().NotContain(Marker, $"{type.Name} has {string.Join(", ", secrets.Select(s => s.Name))}");
            new Written<object>(value, null).ToString().Should().NotContain(Marker);
            checkedTypes++;
        }

        checkedTypes.Should().BeGreaterThan(10);
    }

    private static readonly string[] NoSecrets = ["OAuthTokenResponse.TokenType", "RevocationRequest.TokenTypeHint"];

    [GeneratedRegex("Secret|Password|Token|^Code$")]
    private static partial Regex Secret();
}
