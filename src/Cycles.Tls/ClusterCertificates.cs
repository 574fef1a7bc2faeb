using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Cycles.Tls;

/// <summary>Mutual TLS between the processes of a cluster: who the other side is, is decided by the cluster's own authority alone.</summary>
public sealed class ClusterCertificates
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities;

    private ClusterCertificates(X509Certificate2 certificate, X509Certificate2Collection authorities) =>
        (_certificate, _authorities) = (certificate, authorities);

    /// <summary>Reads the files.</summary>
    /// <exception cref="CryptographicException">One of them is not what it should be; the message names it.</exception>
    public static ClusterCertificates Load(TlsFiles files)
    {
        var certificate = Read(files.CertificatePath!, path => X509Certificate2.CreateFromPemFile(path, Read(files.KeyPath!, file => file)));
        var authorities = Read(files.CaPath!, path =>
        {
            var collection = new X509Certificate2Collection();
            collection.ImportFromPemFile(path);
            return collection.Count > 0 ? collection : throw new CryptographicException("it has no certificate");
        });
        return new ClusterCertificates(certificate, authorities);
    }

    /// <summary>For a connection to a silo.</summary>
    public TlsOptions ToSilo() => With(certificate => IsTrusted(certificate, ServerUsage));

    /// <summary>For the port of the silos: the other side must be a silo, so a certificate that is good for clients only is refused.</summary>
    public TlsOptions OfSilos() => With(certificate => IsTrusted(certificate, ServerUsage) && IsTrusted(certificate, ClientUsage));

    /// <summary>For the port of the clients.</summary>
    public TlsOptions OfClients() => With(certificate => IsTrusted(certificate, ClientUsage));

    /// <summary>Whether this process may be a silo.</summary>
    public bool IsOfSilo => Has(_certificate, ServerUsage) && Has(_certificate, ClientUsage);

    private TlsOptions With(Func<X509Certificate2, bool> isRight) => new()
    {
        LocalCertificate = _certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (certificate, _, _) => isRight(certificate),
    };

    /// <summary>Silos are found by address and not by name: that the authority has signed a certificate for the usage is what counts.</summary>
    private bool IsTrusted(X509Certificate2 certificate, string usage)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        return chain.Build(certificate) && Has(certificate, usage);
    }

    /// <summary>Whether the usage stands in the certificate: one that names none would be good for all.</summary>
    private static bool Has(X509Certificate2 certificate, string usage) => certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
        .Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == usage));

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return File.Exists(path) ? read(path) : throw new CryptographicException("there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CryptographicException($"'{path}' cannot be used for TLS: {exception.Message}", exception);
        }
    }
}
