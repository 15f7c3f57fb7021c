package me.owlrun.mint.ldk;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate for 127.0.0.1 made by the JDK's own keytool; good for a day.
///
/// @param pem the certificate as clients pin it
/// @param context what a server needs of it
record SelfSigned(String pem, SSLContext context) {

    private static final String PASSWORD = "for-tests";
    private static final String ALIAS = "lnd";
    private static final int LINE_CHARS = 64;

    static SelfSigned make() {
        try {
            Path folder = Files.createTempDirectory("owlrun-tls");
            Path store = folder.resolve("store.p12");
            try {
                keytool(store);
                return read(Files.readAllBytes(store));
            } finally {
                Files.deleteIfExists(store);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path store) throws IOException {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                ALIAS,
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=lnd",
                                "-ext",
                                "SAN=ip:127.0.0.1,dns:localhost",
                                "-validity",
                                "1",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD,
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static SelfSigned read(byte[] pkcs12) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(pkcs12), PASSWORD.toCharArray());
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
        String body =
                Base64.getMimeEncoder(LINE_CHARS, newline)
                        .encodeToString(store.getCertificate(ALIAS).getEncoded());
        return new SelfSigned(
                "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n", context);
    }
}
