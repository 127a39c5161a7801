using System.Security.Cryptography;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>ECDSA for <see cref="System.Security.Cryptography.Xml.SignedXml"/>, which knows RSA alone: RFC 6931 §2.3.6, the signature being r and s, each of the curve's length.</summary>
public abstract class EcdsaSignatureDescription : SignatureDescription
{
    private readonly HashAlgorithmName _hash;

    private protected EcdsaSignatureDescription(HashAlgorithmName hash)
    {
        _hash = hash;
        KeyAlgorithm = typeof(ECDsa).AssemblyQualifiedName;
    }

    /// <summary>Makes them known by their names; again is harmless.</summary>
    internal static void Register()
    {
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha256), SamlNames.EcdsaSha256);
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha384), SamlNames.EcdsaSha384);
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha512), SamlNames.EcdsaSha512);
    }

    public override HashAlgorithm CreateDigest() => _hash.Name switch
    {
        nameof(HashAlgorithmName.SHA384) => SHA384.Create(),
        nameof(HashAlgorithmName.SHA512) => SHA512.Create(),
        _ => SHA256.Create(),
    };

    public override AsymmetricSignatureFormatter CreateFormatter(AsymmetricAlgorithm key) => new Formatter((ECDsa)key);

    public override AsymmetricSignatureDeformatter CreateDeformatter(AsymmetricAlgorithm key) => new Deformatter((ECDsa)key);

    private sealed class Formatter(ECDsa key) : AsymmetricSignatureFormatter
    {
        public override byte[] CreateSignature(byte[] rgbHash) => key.SignHash(rgbHash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        public override void SetKey(AsymmetricAlgorithm key)
        {
            // It was made with its key.
        }

        public override void SetHashAlgorithm(string strName)
        {
            // The hash comes computed.
        }
    }

    private sealed class Deformatter(ECDsa key) : AsymmetricSignatureDeformatter
    {
        public override bool VerifySignature(byte[] rgbHash, byte[] rgbSignature) => key.VerifyHash(rgbHash, rgbSignature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        public override void SetKey(AsymmetricAlgorithm key)
        {
            // It was made with its key.
        }

        public override void SetHashAlgorithm(string strName)
        {
            // The hash comes computed.
        }
    }
}

/// <summary>Public, as the framework's registry of algorithms demands.</summary>
public sealed class EcdsaSha256() : EcdsaSignatureDescription(HashAlgorithmName.SHA256);

/// <summary>Public, as the framework's registry of algorithms demands.</summary>
public sealed class EcdsaSha384() : EcdsaSignatureDescription(HashAlgorithmName.SHA384);

/// <summary>Public, as the framework's registry of algorithms demands.</summary>
public sealed class EcdsaSha512() : EcdsaSignatureDescription(HashAlgorithmName.SHA512);
