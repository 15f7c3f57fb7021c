package me.owlrun.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Debian's nginx with the configuration that is shipped, in front of a gateway of a test: only
/// ports, names and the certificate of a self-made authority are put in.
final class Nginx implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final String PASSWORD = "changeit";

    private final Process process;
    private final int port;
    private final SSLContext trust;

    private Nginx(Process process, int port, SSLContext trust) {
        this.process = process;
        this.port = port;
        this.trust = trust;
    }

    static Nginx before(int gatewayPort) {
        if (!Files.isExecutable(PROGRAM)) {
            throw new AssertionError(
                    PROGRAM + " is missing; scripts/test.sh installs Debian's nginx-light");
        }
        try {
            Path folder = Files.createTempDirectory("owlrun-nginx");
            int port = TestOperator.freePort();
            SSLContext trust = certificates(folder);
            Files.writeString(folder.resolve("owlrun.conf"), shipped(folder, port, gatewayPort));
            Files.writeString(folder.resolve("nginx.conf"), main(folder));
            Process process =
                    new ProcessBuilder(
                                    PROGRAM.toString(),
                                    "-p",
                                    folder.toString(),
                                    "-c",
                                    folder.resolve("nginx.conf").toString())
                            .inheritIO()
                            .start();
            Nginx nginx = new Nginx(process, port, trust);
            Waiting.until("nginx", nginx::listens);
            return nginx;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("nginx ended with " + process.exitValue());
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String main(Path folder) {
        StringBuilder paths = new StringBuilder();
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            paths.append("%s_temp_path %s/%s;\n".formatted(kind, folder, kind));
        }
        return """
        daemon off;
        master_process off;
        pid %s/nginx.pid;
        error_log stderr error;
        events { worker_connections 256; }
        http {
            access_log off;
            %s
            include %s/owlrun.conf;
        }
        """
                .formatted(folder, paths, folder);
    }

    private static String shipped(Path folder, int port, int gatewayPort) throws IOException {
        Path conf = Path.of(System.getProperty("owlrun.root"), "deploy", "nginx", "owlrun.conf");
        return Files.readString(conf)
                .replace("listen 443 ssl", "listen 127.0.0.1:%d ssl".formatted(port))
                .replace("server 127.0.0.1:8080", "server 127.0.0.1:" + gatewayPort)
                .replace("api.example.org", "localhost")
                .replace("/etc/ssl/owlrun", folder.toString());
    }

    /// Makes an authority and a certificate of localhost, and trust in the authority.
    private static SSLContext certificates(Path folder)
            throws IOException, GeneralSecurityException {
        keytool(
                folder,
                "-genkeypair -alias ca -dname CN=ca -ext bc:c -keyalg EC -storetype PKCS12"
                        + " -keystore ca.p12");
        keytool(
                folder,
                "-genkeypair -alias me -dname CN=localhost -keyalg EC -storetype PKCS12"
                        + " -keystore me.p12");
        keytool(folder, "-certreq -alias me -keystore me.p12 -file me.csr");
        keytool(
                folder,
                "-gencert -alias ca -keystore ca.p12 -infile me.csr -outfile me.crt"
                        + " -ext SAN=dns:localhost,ip:127.0.0.1");
        keytool(folder, "-exportcert -rfc -alias ca -keystore ca.p12 -file ca.pem");
        keytool(folder, "-importcert -noprompt -alias ca -keystore me.p12 -file ca.pem");
        keytool(folder, "-importcert -noprompt -alias me -keystore me.p12 -file me.crt");
        keytool(
                folder,
                "-importcert -noprompt -alias ca -storetype PKCS12 -keystore trust.p12"
                        + " -file ca.pem");
        KeyStore mine = store(folder.resolve("me.p12"));
        Files.writeString(
                folder.resolve("key.pem"),
                pem("PRIVATE KEY", mine.getKey("me", PASSWORD.toCharArray()).getEncoded()));
        Files.writeString(
                folder.resolve("fullchain.pem"),
                pem("CERTIFICATE", mine.getCertificate("me").getEncoded()));
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store(folder.resolve("trust.p12")));
        SSLContext trust = SSLContext.getInstance("TLS");
        trust.init(null, factory.getTrustManagers(), null);
        return trust;
    }

    private static KeyStore store(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static String pem(String name, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(name, base64, name);
    }

    private static void keytool(Path folder, String arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString()));
        command.addAll(Arrays.asList(arguments.split(" ", -1)));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Where it listens.
    String url() {
        return "https://localhost:" + port;
    }

    /// Trust in its authority.
    SSLContext trust() {
        return trust;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
