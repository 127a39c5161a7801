using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.OrgUnits;

namespace RunAiRbac.Api.Tests.OrgUnits;

public sealed class UnitNamesTests
{
    private static readonly string Long63 = new('a', 63);

    [Theory]
    [InlineData("a")]
    [InlineData("cluster A (Zürich)")]
    [InlineData("集群")]
    [InlineData("_x")]
    public void Cluster_VisibleCharacters_AreTaken(string name) => UnitNames.Cluster(name).Should().Be(name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\u0000b")]
    [InlineData("a\nb")]
    [InlineData("a\u202eb")]
    [InlineData("a\u200bb")]
    [InlineData("a\u00a0b")]
    [InlineData("a\u2028b")]
    public void Cluster_InvisibleCharacters_AreRefused(string? name) => Refused(() => UnitNames.Cluster(name), "name");

    [Fact]
    public void Cluster_LongerThan253_IsRefused()
    {
        UnitNames.Cluster(new string('x', 253)).Should().HaveLength(253);
        Refused(() => UnitNames.Cluster(new string('x', 254)), "name");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("research-2")]
    [InlineData("default")]
    [InlineData("a-")]
    public void Department_GoodName_IsTaken(string name) => UnitNames.Department(name).Should().Be(name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2a")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("é")]
    public void Department_BadName_IsRefused(string? name) => Refused(() => UnitNames.Department(name), "name");

    [Fact]
    public void Department_LongerThan63_IsRefused()
    {
        UnitNames.Department(Long63).Should().Be(Long63);
        Refused(() => UnitNames.Department(Long63 + "a"), "name");
    }

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    [InlineData("openshift-x")]
    [InlineData("a-")]
    public void Project_ReservedOrNoLabel_IsRefused(string name) => Refused(() => UnitNames.Project(name), "name");

    [Theory]
    [InlineData(null, "a", "runai-a")]
    [InlineData("", "a", "runai-a")]
    [InlineData("team-x", "a", "team-x")]
    [InlineData("0a", "a", "0a")]
    [InlineData("kubeflow", "a", "kubeflow")]
    public void Namespace_Given_OrMadeFromTheName(string? requested, string name, string expected)
        => UnitNames.Namespace(requested, name).Should().Be(expected);

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    [InlineData("openshift-monitoring")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("A")]
    [InlineData("a.b")]
    [InlineData("a\n")]
    public void Namespace_ReservedOrNoLabel_IsRefused(string requested) => Refused(() => UnitNames.Namespace(requested, "a"), "requestedNamespace");

    [Fact]
    public void Namespace_MadeFromANameOf58_IsTooLong()
    {
        UnitNames.Namespace(null, new string('a', 57)).Should().HaveLength(63);
        Refused(() => UnitNames.Namespace(null, new string('a', 58)), "name");
        UnitNames.Namespace(Long63, Long63).Should().Be(Long63);
    }

    private static void Refused(Action act, string field)
    {
        var error = act.Should().Throw<ApiException>().Which;
        error.Kind.Should().Be(Kinds.InvalidRequest);
        error.Field.Should().Be(field);
    }
}
