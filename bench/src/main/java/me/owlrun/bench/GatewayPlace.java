package me.owlrun.bench;

import me.owlrun.db.LocalPostgres;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Everything a paid request needs, each a process of its own: PostgreSQL, our mint, our gateway,
/// and the upstream.
final class GatewayPlace implements AutoCloseable {

    private static final long POLL_NANOS = 50_000_000;
    private static final int POLLS_MAX = 1_200;

    private final OwnPostgres postgres;
    private final OwnMint mint;
    private final OwnProgram upstream;
    private final OwnProgram gateway;
    private final URI upstreamUrl;
    private final Map<String, URI> urls = new HashMap<>();
    private final Path lib;
    private final Path jvmFile;
    private final List<String> gatewayJvm;
    private final List<String> gatewayFlags;

    /// @param mintCommand how the mint is started
    /// @param gatewayJvm more flags of the gateway's virtual machine
    /// @param gatewayFlags more flags of the gateway
    GatewayPlace(
            OwnPostgres postgres,
            OwnMint.Command mintCommand,
            List<String> gatewayJvm,
            List<String> gatewayFlags) {
        this.postgres = postgres;
        this.mint = OwnMint.start(mintCommand, postgres.url("mint"));
        this.upstream = upstream(mintCommand.lib(), postgres.folder());
        this.upstreamUrl = URI.create(upstream.awaitLine("ready "));
        this.lib = mintCommand.lib();
        this.jvmFile = mintCommand.jvmArguments().resolveSibling("gateway.jvm");
        this.gatewayJvm = gatewayJvm;
        this.gatewayFlags = gatewayFlags;
        this.gateway = startGateway("gateway", List.of());
    }

    /// Starts one more gateway on the same database and mint.
    ///
    /// @param name of its log and, shortened, of the instance
    OwnProgram startGateway(String name, List<String> more) {
        int port = OwnProgram.freePort();
        URI url = URI.create("http://127.0.0.1:" + port);
        urls.put(name, url);
        List<String> command = new ArrayList<>(java(List.of("@" + jvmFile)));
        command.addAll(gatewayJvm);
        command.addAll(List.of("-p", "" + lib));
        command.addAll(List.of("-m", "me.owlrun.gateway/me.owlrun.gateway.Main"));
        command.addAll(
                List.of(
                        "--network=play",
                        "--instance=" + name,
                        "--port=" + port,
                        "--database.url=" + postgres.url("gateway"),
                        "--database.user=" + LocalPostgres.USER,
                        "--mint.url=" + mint.url(),
                        "--register.per_hour=1000000",
                        "--signup.per_hour=1000000",
                        "--guard.requests=0",
                        "--ramp.start=100",
                        "--house.every=0",
                        "--trust.drops_per_hour=0",
                        "--trust.points.too_fast=0",
                        "--http.connections=20000",
                        "--float.target=1000000"));
        command.addAll(gatewayFlags);
        command.addAll(more);
        return OwnProgram.serve(name, command, postgres.folder(), url);
    }

    /// Where a gateway listens.
    URI urlOf(String name) {
        URI url = urls.get(name);
        if (url == null) {
            throw new BenchException("there is no gateway " + name);
        }
        return url;
    }

    private static OwnProgram upstream(Path lib, Path folder) {
        List<String> command = new ArrayList<>(java(List.of("-XX:+UseSerialGC", "-Xmx512m")));
        command.addAll(
                List.of(
                        "-cp",
                        lib.resolveSibling("classes") + ":" + lib + "/*",
                        "me.owlrun.bench.Main",
                        "upstream"));
        return OwnProgram.start("upstream", command, folder);
    }

    private static List<String> java(List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        return command;
    }

    /// Connects nodes to the gateway.
    void connectNodes(URI gatewayUrl, int count, int capacity) {
        upstream.order("nodes " + gatewayUrl + " " + count + " " + capacity);
        var _ = upstream.awaitLine("connected ");
    }

    /// Waits until small coins for change of sats are there.
    void awaitFloat() {
        for (int polls = 0; polls < POLLS_MAX; polls++) {
            try (HttpConnection http = new HttpConnection(gatewayUrl())) {
                if (http.get("/healthz").status() == 200) {
                    return;
                }
            } catch (IOException _) {
                // asked again
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new BenchException("the gateway does not become healthy");
    }

    URI upstreamUrl() {
        return upstreamUrl;
    }

    URI gatewayUrl() {
        return urlOf("gateway");
    }

    URI mintUrl() {
        return mint.url();
    }

    long mintPid() {
        return mint.pid();
    }

    long postgresPid() {
        return postgres.pid();
    }

    OwnProgram gateway() {
        return gateway;
    }

    long upstreamPid() {
        return upstream.pid();
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
        mint.close();
    }
}
