using System.Xml;
using System.Xml.Linq;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Values of verified elements. Texts compare exactly, blanks included.</summary>
internal static class Values
{
    public static XElement Only(XElement parent, XName name)
        => parent.Elements(name).Take(2).ToList() is [var only] ? only : throw SamlRefusal.Because($"{parent.Name.LocalName} does not hold exactly one {name.LocalName}");

    /// <summary>An element that is nothing but a text.</summary>
    public static string Text(XElement element)
        => element.HasElements ? throw SamlRefusal.Because($"{element.Name.LocalName} holds elements") : element.Value;

    public static void Demand(XElement element, string attribute, string expected)
    {
        var value = (string?)element.Attribute(attribute);
        if (value != expected) throw SamlRefusal.Because($"{attribute} of {element.Name.LocalName} is {SamlRefusal.Quote(value)}, not {expected}");
    }

    public static void DemandVersion(XElement element) => Demand(element, "Version", "2.0");

    public static void DemandIssuer(XElement element, SamlExpectation expected)
    {
        var issuer = Only(element, SamlNames.Saml + "Issuer");
        if (Text(issuer) != expected.Provider) throw SamlRefusal.Because($"the issuer of {element.Name.LocalName} is {SamlRefusal.Quote(issuer.Value)}, not {expected.Provider}");
        if ((string?)issuer.Attribute("Format") is { } format && format != SamlNames.EntityName) throw SamlRefusal.Because($"the format of the issuer is {SamlRefusal.Quote(format)}");
    }

    /// <summary>It was made in the time in which the request can be answered.</summary>
    public static DateTimeOffset DemandRecent(XElement element, SamlExpectation expected)
    {
        if (Time(element, "IssueInstant") is not { } issued) throw SamlRefusal.Because($"{element.Name.LocalName} has no IssueInstant");
        if (issued > expected.Now + expected.ClockSkew) throw SamlRefusal.Because($"{element.Name.LocalName} was issued in the future, at {issued:O}");
        if (issued < expected.Now - SamlResponse.MaxAge - expected.ClockSkew) throw SamlRefusal.Because($"{element.Name.LocalName} was issued long ago, at {issued:O}");
        return issued;
    }

    /// <summary>NotBefore and NotOnOrAfter, as far as there are.</summary>
    public static void DemandWithin(XElement element, SamlExpectation expected)
    {
        if (Time(element, "NotBefore") is { } start && start > expected.Now + expected.ClockSkew) throw SamlRefusal.Because($"{element.Name.LocalName} is not valid before {start:O}");
        if (Time(element, "NotOnOrAfter") is { } end && end <= expected.Now - expected.ClockSkew) throw SamlRefusal.Because($"{element.Name.LocalName} is not valid from {end:O} on");
    }

    /// <summary>A time in UTC (saml-core §1.3.3); null: the attribute is not there.</summary>
    public static DateTimeOffset? Time(XElement element, string attribute)
    {
        if ((string?)element.Attribute(attribute) is not { } text) return null;
        try
        {
            return text.EndsWith('Z') ? XmlConvert.ToDateTimeOffset(text) : throw new FormatException();
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentOutOfRangeException)
        {
            throw SamlRefusal.Because($"{attribute} of {element.Name.LocalName} is {SamlRefusal.Quote(text)}, not a time in UTC");
        }
    }
}
