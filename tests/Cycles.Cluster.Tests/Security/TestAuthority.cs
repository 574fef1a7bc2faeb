using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cycles.Tls;

namespace Cycles.Cluster.Tests.Security;

/// <summary>An authority that signs certificates, and writes them to files.</summary>
internal sealed class TestAuthority
{
    public const string Server = "1.3.6.1.5.5.7.3.1";
    public const string Client = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    public TestAuthority(string folder, string name)
    {
        _folder = Path.Combine(folder, name);
        Directory.CreateDirectory(_folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(CaPath, _authority.ExportCertificatePem());
    }

    private string CaPath => Path.Combine(_folder, "ca.pem");

    /// <summary>Signs a certificate for these usages; for any when there are none.</summary>
    public TlsFiles Issue(string name, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], false));
        }

        using var certificate = request.Create(
            _authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(8));
        var files = new TlsFiles
        {
            CertificatePath = Path.Combine(_folder, $"{name}.pem"),
            KeyPath = Path.Combine(_folder, $"{name}.key"),
            CaPath = CaPath,
        };
        File.WriteAllText(files.CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>As a process is told of them.</summary>
    public static Dictionary<string, string> EnvironmentOf(TlsFiles files) => new()
    {
        ["Cycles__Tls__CertificatePath"] = files.CertificatePath!,
        ["Cycles__Tls__KeyPath"] = files.KeyPath!,
        ["Cycles__Tls__CaPath"] = files.CaPath!,
    };
}
