namespace Cycles.Tls;

/// <summary>The PEM files by which processes of a cluster know each other (configuration section <c>Cycles:Tls</c>). All three, or none.</summary>
public sealed class TlsFiles
{
    /// <summary>
    /// The certificate of this process, then those between it and the authority if there are any. Its extended key usage says what the process
    /// is: a silo has <c>serverAuth</c> and <c>clientAuth</c>, a gateway or an agent <c>clientAuth</c> alone. None by default.
    /// </summary>
    public string? CertificatePath { get; set; }

    /// <summary>The private key of that certificate, not encrypted. None by default.</summary>
    public string? KeyPath { get; set; }

    /// <summary>The certificate of the authority that has signed those of all processes. The machine's own authorities are not asked. None by default.</summary>
    public string? CaPath { get; set; }

    /// <summary>Whether there is TLS.</summary>
    public bool IsGiven => !string.IsNullOrEmpty(CertificatePath);

    /// <summary>Whether some are given and others are not.</summary>
    public bool IsIncomplete =>
        string.IsNullOrEmpty(CertificatePath) != string.IsNullOrEmpty(KeyPath) || string.IsNullOrEmpty(KeyPath) != string.IsNullOrEmpty(CaPath);
}
