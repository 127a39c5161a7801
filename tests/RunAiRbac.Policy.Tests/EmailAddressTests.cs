namespace RunAiRbac.Policy.Tests;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("Ann.Lee+x@Example.COM", "ann.lee+x@example.com")]
    [InlineData("ann@münchen.de", "ann@xn--mnchen-3ya.de")]
    [InlineData("ann@MÜNCHEN.de", "ann@xn--mnchen-3ya.de")]
    [InlineData("ANN@XN--MNCHEN-3YA.de", "ann@xn--mnchen-3ya.de")]
    [InlineData("a.n.n@example.com", "a.n.n@example.com")]
    public void Canonicalize_FoldsAsciiLettersAndTheDomainOnly(string address, string canonical)
    {
        EmailAddress.TryCanonicalize(address, out var found).Should().BeTrue();
        found.Should().Be(canonical);
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("@example.com")]
    [InlineData("ann@")]
    [InlineData("")]
    public void Canonicalize_WithoutLocalPartOrDomain_IsNone(string address) => EmailAddress.TryCanonicalize(address, out _).Should().BeFalse();

    [Fact]
    public void Canonicalize_CanonicalAlready_GivesTheSameString()
    {
        const string Address = "ann@example.com";
        EmailAddress.TryCanonicalize(Address, out var found).Should().BeTrue();
        found.Should().BeSameAs(Address);
    }
}
