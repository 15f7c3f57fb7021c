package me.owlrun.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the command line of scripts/up.sh says.
///
/// @param data the folder that holds all state
/// @param gatewayPort port of the gateway, 1 to 65535
/// @param mintPort port of the mint
/// @param agentPort port of the agent's page
/// @param engine `auto`, `mock`, `ollama` or the address of an OpenAI-compatible server
record Options(Path data, int gatewayPort, int mintPort, int agentPort, String engine) {

    static final String USAGE =
            """
            usage: scripts/up.sh [--data DIR] [--gateway-port N] [--mint-port N] [--agent-port N]
                                 [--engine mock|ollama|URL]
                   scripts/up.sh token SATS [--unit sat|msat] [--data DIR]

            Starts PostgreSQL, the mint (play money), the gateway with the chat page and one node.
              --data DIR         where everything is kept          (default: ~/.owlrun/up)
              --gateway-port N   the gateway and the chat page     (default: 8080)
              --mint-port N      the mint                          (default: 3338)
              --agent-port N     the node's own page               (default: 19131)
              --engine WHAT      mock: built-in, ollama: on 127.0.0.1:11434, URL: any server that
                                 speaks /v1/chat/completions; without it Ollama if it answers,
                                 mock otherwise
            token SATS           prints a play-money Cashu token from the running mint
            """;

    private static final Set<String> NAMES =
            Set.of("--data", "--gateway-port", "--mint-port", "--agent-port", "--engine", "--unit");

    /// Reads `--name value` and `--name=value`.
    ///
    /// @throws UpException when a flag is unknown or lacks its value
    static Map<String, String> flags(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (!NAMES.contains(name)) {
                throw new UpException("There is no option '" + name + "'.\n" + USAGE);
            }
            if (equals >= 0) {
                values.put(name, argument.substring(equals + 1));
            } else if (i + 1 < arguments.size()) {
                values.put(name, arguments.get(++i));
            } else {
                throw new UpException("The option '" + name + "' needs a value.\n" + USAGE);
            }
        }
        return values;
    }

    static Options of(Map<String, String> flags) {
        String data = flags.get("--data");
        return new Options(
                data == null ? defaultData() : Path.of(data).toAbsolutePath(),
                port(flags, "--gateway-port", 8080),
                port(flags, "--mint-port", 3338),
                port(flags, "--agent-port", 19_131),
                engine(flags.getOrDefault("--engine", "auto")));
    }

    private static Path defaultData() {
        String home = System.getenv("HOME");
        return Path.of(home == null ? System.getProperty("user.home") : home)
                .resolve(".owlrun")
                .resolve("up");
    }

    /// Flags that another command of up.sh needs to find this one.
    String dataFlag() {
        return data.equals(defaultData()) ? "" : " --data " + data;
    }

    /// Free ports and the mock engine.
    static Options trial(Path data) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket gateway = new ServerSocket(0, 1, loopback);
                ServerSocket mint = new ServerSocket(0, 1, loopback);
                ServerSocket agent = new ServerSocket(0, 1, loopback)) {
            return new Options(
                    data,
                    gateway.getLocalPort(),
                    mint.getLocalPort(),
                    agent.getLocalPort(),
                    "mock");
        }
    }

    private static int port(Map<String, String> flags, String name, int defaultPort) {
        String text = flags.get(name);
        if (text == null) {
            return defaultPort;
        }
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new UpException(name + " takes a number from 1 to 65535.", e);
        }
        throw new UpException(name + " takes a number from 1 to 65535.");
    }

    private static String engine(String text) {
        if (Set.of("auto", "mock", "ollama").contains(text)) {
            return text;
        }
        try {
            URI uri = URI.create(text);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            throw new UpException("--engine takes mock, ollama or an http address.", e);
        }
        throw new UpException("--engine takes mock, ollama or an http address.");
    }

    String gatewayUrl() {
        return "http://127.0.0.1:" + gatewayPort;
    }

    String mintUrl() {
        return "http://127.0.0.1:" + mintPort;
    }

    String agentUrl() {
        return "http://127.0.0.1:" + agentPort;
    }
}
