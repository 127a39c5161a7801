namespace RunAiRbac.Api.Sso.Saml;

/// <summary>What a response must fit.</summary>
/// <param name="Provider">The provider's entity id.</param>
/// <param name="Certificates">Its signing certificates (DER).</param>
/// <param name="Audience">This service's entity id there.</param>
/// <param name="Callback">Where responses go.</param>
/// <param name="RequestId">The ID of the request it answers.</param>
/// <param name="Now">The time.</param>
/// <param name="ClockSkew">How far the provider's clock may be from ours.</param>
/// <param name="UnsignedResponses">Whether a signed assertion may come in a response that is not signed.</param>
internal sealed record SamlExpectation(
    string Provider, IReadOnlyList<byte[]> Certificates, string Audience, string Callback, string RequestId, DateTimeOffset Now, TimeSpan ClockSkew, bool UnsignedResponses);

/// <summary>A verified assertion.</summary>
/// <param name="Id">Its id, which is good once.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="Name">Whom it is about.</param>
/// <param name="SessionIndex">The session at the provider; null: it names none.</param>
/// <param name="Attributes">What it says of them, as it orders them.</param>
internal sealed record SamlAssertion(string Id, DateTimeOffset IssuedAt, SamlNameId Name, string? SessionIndex, IReadOnlyList<SamlAttribute> Attributes);

/// <summary>A name of somebody at the provider (saml-core §2.2.3).</summary>
internal sealed record SamlNameId(string Value, string? Format, string? NameQualifier, string? SpNameQualifier);

/// <summary>An attribute. A value that is null is nil, or more than a text.</summary>
internal sealed record SamlAttribute(string Name, string? FriendlyName, IReadOnlyList<string?> Values);
