package me.owlrun.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class SettingsTest {

    private enum Mode {
        IDLE,
        ALWAYS
    }

    private static final Setting<Long> PORT =
            Setting.number("port", "where to listen", "", 0, 65_535, 8080);
    private static final Setting<Duration> WAIT =
            Setting.seconds("accept.wait", "how long a node may think", 1, 60, 3);
    private static final Setting<URI> MINT =
            Setting.url("mint.url", "the mint", "http://127.0.0.1:3338");
    private static final Setting<Mode> MODE =
            Setting.choice("mode", "when to work", Mode.class, Mode.IDLE);
    private static final Setting<Optional<Secret>> PASSWORD =
            Setting.secret("password", "the password");
    private static final List<Setting<?>> TABLE = List.of(PORT, WAIT, MINT, MODE, PASSWORD);

    @TempDir Path folder;

    private static Settings read(Map<String, String> environment, String... flags) {
        return Settings.read(TABLE, "OWLRUN_TEST", environment, List.of(flags));
    }

    @Test
    void read_nothingGiven_takesDefaults() {
        Settings settings = read(Map.of());
        assertEquals(8080, settings.get(PORT));
        assertEquals(Duration.ofSeconds(3), settings.get(WAIT));
        assertEquals(Mode.IDLE, settings.get(MODE));
        assertEquals(Optional.empty(), settings.get(PASSWORD));
    }

    @Test
    void read_severalSources_flagBeatsEnvironmentBeatsFile() throws IOException {
        Path file = folder.resolve("test.conf");
        Files.writeString(file, "port = 1\naccept.wait = 11\nmode = always\n");
        Settings settings =
                read(
                        Map.of("OWLRUN_TEST_PORT", "2", "OWLRUN_TEST_ACCEPT_WAIT", "12"),
                        "--config=" + file,
                        "--port=3");
        assertEquals(3, settings.get(PORT));
        assertEquals(Duration.ofSeconds(12), settings.get(WAIT));
        assertEquals(Mode.ALWAYS, settings.get(MODE));
    }

    @Test
    void read_manyMistakes_namesThemAll() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () ->
                                read(
                                        Map.of("OWLRUN_TEST_NO_SUCH", "1"),
                                        "--port=70000",
                                        "--accept.wait=x",
                                        "--mint.url=ftp://mint",
                                        "--mode=never",
                                        "--colour=red",
                                        "stray",
                                        "--config=" + folder.resolve("missing")));
        String message = String.valueOf(e.getMessage());
        for (String expected :
                List.of(
                        "OWLRUN_TEST_NO_SUCH",
                        "'port' must be 0 to 65535",
                        "'accept.wait' must be 1 to 60 s",
                        "'mint.url' must be",
                        "'mode' must be idle, always",
                        "'colour'",
                        "'stray'",
                        "missing")) {
            assertTrue(message.contains(expected), () -> expected + " not in: " + message);
        }
        assertEquals(8, message.lines().count(), message);
    }

    @Test
    void url_slashAtTheEnd_isDropped() {
        assertEquals(URI.create("http://a:1"), read(Map.of(), "--mint.url=http://a:1/").get(MINT));
    }

    @Test
    void secret_printed_isHidden() {
        Secret secret = read(Map.of(), "--password=hush").get(PASSWORD).orElseThrow();
        assertEquals("hush", secret.value());
        assertEquals("[REDACTED]", secret.toString());
    }

    @Test
    void markdown_ofTable_hasOneRowPerSetting() {
        String markdown = Settings.markdown(TABLE);
        assertEquals(TABLE.size() + 2, markdown.lines().count());
        assertTrue(
                markdown.contains(
                        "| `accept.wait` | how long a node may think | s | 1 to 60 | `3` |"));
    }
}
