package me.owlrun.gateway.outbound;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certificate for some host names that signed itself, written byte by byte (X.690, RFC 5280).
///
/// @param context proves the names, and trusts this certificate only
record TestCertificate(SSLContext context) {

    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int BYTES = 0x04;
    private static final int UTF8 = 0x0c;
    private static final int SET = 0x31;
    private static final int UTC_TIME = 0x17;
    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;
    private static final int DNS_NAME = 0x82;
    private static final byte[] SHA256_WITH_ECDSA = hex("06082a8648ce3d040302");
    private static final byte[] COMMON_NAME = hex("0603550403");
    private static final byte[] SUBJECT_ALT_NAME_CRITICAL = hex("0603551d110101ff");

    static TestCertificate of(String... hosts) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair keys = generator.generateKeyPair();
            X509Certificate certificate = certificate(keys, hosts);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] password = "for-tests".toCharArray();
            store.setKeyEntry(
                    "key", keys.getPrivate(), password, new X509Certificate[] {certificate});
            store.setCertificateEntry("trusted", certificate);
            KeyManagerFactory own =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(store, password);
            TrustManagerFactory trusted =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
            return new TestCertificate(context);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certificate(KeyPair keys, String... hosts)
            throws GeneralSecurityException {
        byte[] algorithm = der(SEQUENCE, SHA256_WITH_ECDSA);
        byte[] validity =
                der(
                        SEQUENCE,
                        der(UTC_TIME, ascii("200101000000Z")),
                        der(UTC_TIME, ascii("491231235959Z")));
        byte[][] names = new byte[hosts.length][];
        for (int i = 0; i < hosts.length; i++) {
            names[i] = der(DNS_NAME, ascii(hosts[i]));
        }
        byte[] extension =
                der(SEQUENCE, SUBJECT_ALT_NAME_CRITICAL, der(BYTES, der(SEQUENCE, names)));
        byte[] name = der(SEQUENCE, COMMON_NAME, der(UTF8, ascii("owlrun tests")));
        byte[] who = der(SEQUENCE, der(SET, name));
        byte[] unsigned =
                der(
                        SEQUENCE,
                        der(VERSION, der(INTEGER, new byte[] {2})),
                        der(INTEGER, new byte[] {1}),
                        algorithm,
                        who,
                        validity,
                        who,
                        keys.getPublic().getEncoded(),
                        der(EXTENSIONS, der(SEQUENCE, extension)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(unsigned);
        byte[] whole = der(SEQUENCE, unsigned, algorithm, der(BITS, new byte[1], signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            value.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = value.size();
        if (length > 127) {
            all.write(0x82);
            all.write(length >>> 8);
        }
        all.write(length);
        all.writeBytes(value.toByteArray());
        return all.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
