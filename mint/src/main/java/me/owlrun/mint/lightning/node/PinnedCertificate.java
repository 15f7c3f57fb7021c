package me.owlrun.mint.lightning.node;

import me.owlrun.config.ConfigException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts the very certificates of one PEM file and no other. Nodes sign their certificates
/// themselves and name hosts in them that callers do not use; the certificate itself stands for the
/// node, so neither host name nor date is looked at.
final class PinnedCertificate extends X509ExtendedTrustManager {

    private final List<Certificate> pinned;

    private PinnedCertificate(List<Certificate> pinned) {
        this.pinned = pinned;
    }

    /// A TLS context that accepts only what the file holds.
    static SSLContext context(Path pemFile) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            byte[] pem = Files.readAllBytes(pemFile);
            List<Certificate> pinned =
                    List.copyOf(factory.generateCertificates(new ByteArrayInputStream(pem)));
            if (pinned.isEmpty()) {
                throw problem(pemFile);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PinnedCertificate(pinned)}, null);
            return context;
        } catch (IOException | CertificateException _) {
            throw problem(pemFile);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    private static ConfigException problem(Path pemFile) {
        return new ConfigException(
                List.of(
                        "The file '%s' must hold the node's certificate in PEM form; see"
                                        .formatted(pemFile)
                                + " docs/lightning.md."));
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0 || !pinned.contains(chain[0])) {
            throw new CertificateException("not the pinned certificate");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("the mint is no server here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw new CertificateException("the mint is no server here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("the mint is no server here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
