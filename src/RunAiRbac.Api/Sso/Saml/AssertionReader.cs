using System.Xml.Linq;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Checks an assertion (saml-core §2.3.3), parsed from the bytes that its signature covers, and reads what it says.</summary>
internal sealed class AssertionReader(XElement assertion, SamlExpectation expected)
{
    private const int MaxName = 512;

    public SamlAssertion Read()
    {
        Values.DemandVersion(assertion);
        Values.DemandIssuer(assertion, expected);
        var issued = Values.DemandRecent(assertion, expected);
        CheckConditions();
        var subject = Values.Only(assertion, SamlNames.Saml + "Subject");
        CheckConfirmation(subject);
        return new SamlAssertion((string)assertion.Attribute("ID")!, issued, Name(subject), SessionIndex(), Attributes());
    }

    /// <summary>Every condition must hold, and one that is not known is one that does not (§2.5.1.1).</summary>
    private void CheckConditions()
    {
        var conditions = Values.Only(assertion, SamlNames.Saml + "Conditions");
        Values.DemandWithin(conditions, expected);
        var restrictions = conditions.Elements(SamlNames.Saml + "AudienceRestriction").ToList();
        if (restrictions.Count == 0) throw SamlRefusal.Because("the assertion names no audience");
        foreach (var restriction in restrictions)
            if (!restriction.Elements(SamlNames.Saml + "Audience").Any(x => Values.Text(x) == expected.Audience))
                throw SamlRefusal.Because($"the audience is {string.Join(", ", restriction.Elements().Select(x => SamlRefusal.Quote(x.Value)))}, not {expected.Audience}");
        // OneTimeUse holds anyway: no assertion is good twice.
        var unknown = conditions.Elements().FirstOrDefault(x => x.Name.Namespace != SamlNames.Saml || x.Name.LocalName is not ("AudienceRestriction" or "OneTimeUse" or "ProxyRestriction"));
        if (unknown is not null) throw SamlRefusal.Because($"the condition {SamlRefusal.Quote(unknown.Name.LocalName)} is not known");
    }

    private void CheckConfirmation(XElement subject)
    {
        var confirmation = Values.Only(subject, SamlNames.Saml + "SubjectConfirmation");
        if ((string?)confirmation.Attribute("Method") != SamlNames.Bearer) throw SamlRefusal.Because("the subject is not confirmed by bearer");
        var data = Values.Only(confirmation, SamlNames.Saml + "SubjectConfirmationData");
        Values.Demand(data, "Recipient", expected.Callback);
        Values.Demand(data, "InResponseTo", expected.RequestId);
        if (data.Attribute("NotBefore") is not null) throw SamlRefusal.Because("the confirmation has a NotBefore (saml-profiles §4.1.4.2 forbids it)");
        if (data.Attribute("NotOnOrAfter") is null) throw SamlRefusal.Because("the confirmation has no end");
        Values.DemandWithin(data, expected);
    }

    private static SamlNameId Name(XElement subject)
    {
        var name = Values.Only(subject, SamlNames.Saml + "NameID");
        var value = Values.Text(name);
        if (string.IsNullOrWhiteSpace(value) || value.Length > MaxName || value.Any(char.IsControl)) throw SamlRefusal.Because("the NameID is empty, too long or holds control characters");
        var format = (string?)name.Attribute("Format");
        if (format == SamlNames.TransientName) throw SamlRefusal.Because("the NameID is transient: the provider must send one that stays the same");
        return new SamlNameId(value, format, (string?)name.Attribute("NameQualifier"), (string?)name.Attribute("SPNameQualifier"));
    }

    private string? SessionIndex()
    {
        var statements = assertion.Elements(SamlNames.Saml + "AuthnStatement").ToList();
        if (statements.Count == 0) throw SamlRefusal.Because("the assertion does not say that anybody signed in");
        foreach (var statement in statements)
        {
            if (Values.Time(statement, "AuthnInstant") is not { } signedIn) throw SamlRefusal.Because("the assertion does not say when somebody signed in");
            if (signedIn > expected.Now + expected.ClockSkew) throw SamlRefusal.Because("somebody signed in in the future");
            if (Values.Time(statement, "SessionNotOnOrAfter") is { } end && end <= expected.Now - expected.ClockSkew) throw SamlRefusal.Because("the session at the provider has ended");
        }

        return (string?)statements[0].Attribute("SessionIndex");
    }

    private List<SamlAttribute> Attributes()
        => [.. assertion.Elements(SamlNames.Saml + "AttributeStatement").Elements(SamlNames.Saml + "Attribute").Select(x => new SamlAttribute(
            (string?)x.Attribute("Name") ?? throw SamlRefusal.Because("an attribute has no name"),
            (string?)x.Attribute("FriendlyName"),
            [.. x.Elements(SamlNames.Saml + "AttributeValue").Select(Value)]))];

    private static string? Value(XElement value)
        => value.HasElements || (string?)value.Attribute(XName.Get("nil", "http://www.w3.org/2001/XMLSchema-instance")) is "true" or "1" ? null : value.Value;
}
