package me.owlrun.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Other gateways before the same upstream: a plain nginx, and Portkey's where it was installed.
final class Peers implements AutoCloseable {

    private static final Path NGINX = Path.of("/usr/sbin/nginx");
    private static final String PORTKEY = "node_modules/@portkey-ai/gateway/build/start-server.js";

    private final List<OwnProgram> programs = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();

    /// One of them.
    ///
    /// @param program its process, to ask for its memory
    record Peer(ChatTarget target, OwnProgram program) {}

    /// Starts what is there.
    ///
    /// @param folder for configuration and logs
    /// @param portkey where `npm install` was run for it
    /// @param screen hears what is missing
    Peers(URI upstream, Path folder, Path portkey, Consumer<String> screen) {
        if (Files.isExecutable(NGINX)) {
            startNginx(upstream, folder);
        } else {
            screen.accept("nginx is not installed; not measured");
        }
        if (Files.exists(portkey.resolve(PORTKEY))) {
            startPortkey(upstream, folder, portkey);
        } else {
            screen.accept("Portkey's gateway is not installed; not measured");
        }
    }

    private void startNginx(URI upstream, Path folder) {
        URI url = URI.create("http://127.0.0.1:" + OwnProgram.freePort());
        Path configuration = folder.resolve("nginx.conf");
        try {
            Files.createDirectories(folder.resolve("nginx"));
            Files.writeString(
                    configuration,
                    """
                    daemon off;
                    worker_processes auto;
                    worker_rlimit_nofile 16384;
                    pid nginx.pid;
                    error_log nginx.log crit;
                    events { worker_connections 8192; }
                    http {
                      access_log off;
                      client_body_temp_path body;
                      proxy_temp_path proxy;
                      fastcgi_temp_path fastcgi;
                      uwsgi_temp_path uwsgi;
                      scgi_temp_path scgi;
                      keepalive_requests 1000000;
                      upstream model { server %s; keepalive 256; keepalive_requests 1000000; }
                      server {
                        listen %s backlog=2048;
                        location / {
                          proxy_pass http://model;
                          proxy_http_version 1.1;
                          proxy_set_header Connection "";
                          proxy_buffering off;
                        }
                      }
                    }
                    """
                            .formatted(upstream.getAuthority(), url.getAuthority()));
        } catch (IOException e) {
            throw new BenchException("nginx's configuration cannot be written", e);
        }
        String prefix = folder.resolve("nginx").toString();
        OwnProgram program =
                OwnProgram.serve(
                        "nginx",
                        List.of(NGINX.toString(), "-p", prefix, "-c", configuration.toString()),
                        folder,
                        url);
        add(ChatTarget.free("nginx", url, ""), program);
    }

    private void startPortkey(URI upstream, Path folder, Path portkey) {
        int port = OwnProgram.freePort();
        URI url = URI.create("http://127.0.0.1:" + port);
        OwnProgram program =
                OwnProgram.serve(
                        "portkey",
                        List.of(
                                "node",
                                portkey.resolve(PORTKEY).toString(),
                                "--port=" + port,
                                "--headless"),
                        folder,
                        url);
        String headers =
                "Authorization: Bearer x\r\nx-portkey-provider: openai\r\nx-portkey-custom-host: "
                        + upstream
                        + "/v1\r\n";
        add(ChatTarget.free("Portkey", url, headers), program);
    }

    private void add(ChatTarget target, OwnProgram program) {
        programs.add(program);
        peers.add(new Peer(target, program));
    }

    List<Peer> all() {
        return List.copyOf(peers);
    }

    @Override
    public void close() {
        programs.forEach(OwnProgram::close);
    }
}
