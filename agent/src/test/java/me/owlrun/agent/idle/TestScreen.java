package me.owlrun.agent.idle;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A real X server without a monitor, closed to whoever lacks its password, and a hand that moves
/// its mouse.
public final class TestScreen implements AutoCloseable {
    private final Process server;
    private final String display;
    private final Path authority;

    private TestScreen(Process server, String display, Path authority) {
        this.server = server;
        this.display = display;
        this.authority = authority;
    }

    /// Starts a server on a display of its own choice.
    public static TestScreen start(Path folder) throws IOException {
        Path authority = folder.resolve("xauthority");
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(authority))) {
            out.writeShort(0xFFFF);
            for (String field : List.of("", "", XAuthority.NAME, "sixteen-octets!!")) {
                out.writeShort(field.length());
                out.writeBytes(field);
            }
        }
        Process server =
                new ProcessBuilder(
                                "Xvfb",
                                "-displayfd",
                                "1",
                                "-noreset",
                                "-nolisten",
                                "tcp",
                                "-screen",
                                "0",
                                "320x200x24",
                                "-auth",
                                authority.toString())
                        .redirectError(folder.resolve("xvfb.log").toFile())
                        .start();
        BufferedReader printed = server.inputReader(StandardCharsets.UTF_8);
        String number = printed.readLine();
        if (number == null) {
            throw new IOException("Xvfb did not start: see " + folder.resolve("xvfb.log"));
        }
        return new TestScreen(server, ":" + number.strip(), authority);
    }

    /// What a session on it would have in its environment.
    public Map<String, String> environment() {
        return Map.of("DISPLAY", display, "XAUTHORITY", authority.toString());
    }

    /// Moves the mouse as a hand would.
    public void touch() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("xdotool", "mousemove_relative", "3", "2"));
        ProcessBuilder hand = new ProcessBuilder(words).inheritIO();
        hand.environment().putAll(environment());
        if (hand.start().waitFor() != 0) {
            throw new IOException("xdotool failed");
        }
    }

    @Override
    public void close() {
        server.destroy();
        try {
            int _ = server.waitFor();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
