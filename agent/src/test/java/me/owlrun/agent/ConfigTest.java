package me.owlrun.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.problem.AgentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The configuration file: what is read, what is refused and how, what is written.
final class ConfigTest {
    private static final String KEY = "owlr_prov_0123456789abcdef";
    private static final String IDENTITY =
            "[account]\nnode_id = 5f0c7a52-52a1-4c0f-9a3c-0a6c1de7b0aa\napi_key = " + KEY + "\n";

    @TempDir private Path folder;

    @Test
    void load_theSeedsExample_readsEveryValue() throws IOException {
        Config config =
                load(
                        """
                        [account]
                        api_key           = owlr_prov_0123456789abcdef           # Auto-generated
                        lightning_address = you@minibits.cash       # Lightning address
                        referral_code     =                         # Optional affiliate code

                        [marketplace]
                        gateway           = https://node.owlrun.me  # Gateway endpoint
                        region            = auto                     # Auto-detected

                        [inference]
                        model_auto        = true                     # Auto-select
                        max_vram_pct      = 80                       # Max VRAM usage
                        keep_warm         = true                     # Keep model loaded
                        context_length    = 8192                     # Context window

                        [idle]
                        trigger_minutes   = 10                       # Start earning
                        gpu_threshold     = 15                       # Only earn if
                        watch_processes   = true                     # Pause when
                        job_mode          = idle                     # idle, always, or never

                        [disk]
                        warn_threshold_pct = 30                      # Warn if disk
                        min_model_space_gb = 8                       # Reserve space
                        """);
        assertEquals(KEY, config.account().key().value());
        assertEquals("you@minibits.cash", config.account().lightningAddress());
        assertEquals("", config.account().referralCode());
        assertEquals("https://node.owlrun.me", config.marketplace().gateway().toString());
        assertEquals("", config.marketplace().region());
        assertEquals(8192, config.wishes().contextTokens());
        assertEquals("idle", config.policy().mode().word());
        assertEquals(Duration.ofMinutes(10), config.policy().trigger());
        assertEquals(19131, config.dashboardPort());
        assertEquals(500, config.account().redeemThresholdSats());
        assertEquals(List.of(), config.warnings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "redeem_threshold_sats = 700 | 700",
                "redeem_threshold=700 | 700",
                "REDEEM_THRESHOLD = \"700\" | 700",
                "redeem_threshold = '700'  ; why not | 700",
                "redeem_threshold = 100\\nredeem_threshold = 700 | 700",
                "redeem_threshold = | 500",
                "redeem_threshold = # nothing | 500",
            })
    void load_goodSpellings_areUnderstood(String line, int sats) throws IOException {
        String text = IDENTITY + line.replace("\\n", "\n") + "\n";
        assertEquals(sats, load(text).account().redeemThresholdSats());
    }

    @Test
    void load_windowsFile_isUnderstood() throws IOException {
        String text =
                "\uFEFF" + (IDENTITY + "; comment\n[DASHBOARD]\nport=1\n").replace("\n", "\r\n");
        assertEquals(1, load(text).dashboardPort());
    }

    @Test
    void load_anAddressInTheOldWalletField_isTheLightningAddress() throws IOException {
        Config old = load(IDENTITY + "wallet = you@minibits.cash\n");
        assertEquals("you@minibits.cash", old.account().lightningAddress());
        assertEquals("", old.account().wallet());
        Config both = load(IDENTITY + "wallet = a@b.c\nlightning_address = d@e.f\n");
        assertEquals("d@e.f", both.account().lightningAddress());
    }

    @Test
    void load_unknownKey_isKeptAndWarnedAbout() throws IOException {
        String text = IDENTITY + "[inference]\nturbo = yes\n";
        Config config = load(text);
        assertEquals(1, config.warnings().size());
        assertTrue(
                config.warnings()
                        .getFirst()
                        .endsWith(
                                "owlrun.conf line 5: [inference] turbo is not a setting of this"
                                        + " version;"
                                        + " it is ignored."),
                config.warnings().getFirst());
        assertEquals(text, Files.readString(file()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[account] | redeem_threshold = 99 | a whole number from 100 to 1000",
                "[account] | redeem_threshold = 1001 | a whole number from 100 to 1000",
                "[account] | redeem_threshold = 5e2 | a whole number from 100 to 1000",
                "[account] | redeem_threshold = 99999999999 | a whole number from 100 to 1000",
                "[account] | free_tier_pct = 101 | a whole number from 0 to 100",
                "[account] | free_tier_pct = -1 | a whole number from 0 to 100",
                "[account] | node_id = me | a UUID",
                "[account] | lightning_address = minibits | an address such as you@minibits.cash",
                "[marketplace] | gateway = node.owlrun.me | an address such as https://host",
                "[marketplace] | gateway = ftp://host | an address such as https://host",
                "[marketplace] | gateway = https://u:p@host | an address such as https://host",
                "[marketplace] | gateway = https://host?x=1 | an address such as https://host",
                "[marketplace] | answer = udp | one of ws, http",
                "[inference] | engine = vllm | one of ollama, openai, mock",
                "[inference] | context_length = 100 | 0 or a whole number from 2048 to 262144",
                "[inference] | model_auto = yes | one of true, false",
                "[inference] | capacity = 65 | 0 or a whole number from 1 to 64",
                "[idle] | job_mode = sometimes | one of idle, always, never",
                "[idle] | schedule = 25:00-07:00 | hours such as 22:00-07:00",
                "[idle] | max_temp_c = 20 | 0 or a whole number from 40 to 110",
                "[dashboard] | port = 65536 | a whole number from 0 to 65535",
            })
    void load_badValue_namesFileLineKeyAndWhatIsAllowed(String section, String line, String allowed)
            throws IOException {
        String message = refused(IDENTITY + section + "\n" + line + "\n");
        String key = line.substring(0, line.indexOf(' '));
        assertTrue(message.startsWith(file() + " line 5: " + section + " " + key), message);
        assertTrue(message.contains("is not allowed; use " + allowed), message);
    }

    @Test
    void load_severalMistakes_namesThemAll() throws IOException {
        String message = refused(IDENTITY + "what\n[idle]\njob_mode = x\n[dashboard]\nport = y\n");
        assertTrue(message.contains("line 4: write [section]"), message);
        assertTrue(message.contains("line 6: [idle] job_mode"), message);
        assertTrue(message.contains("line 8: [dashboard] port"), message);
    }

    @Test
    void load_badKey_doesNotRepeatIt() throws IOException {
        String message = refused("[account]\napi_key = owlr_buy_secretsecret\n");
        assertTrue(message.contains("line 3: [account] api_key is not allowed"), message);
        assertFalse(message.contains("secretsecret"), message);
    }

    @Test
    void load_missingFile_isMadePrivateWithANewIdentity() throws IOException {
        Path file = folder.resolve("deep").resolve("owlrun").resolve("owlrun.conf");
        Config made = Config.load(file, Map.of(), new SecureRandom());
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        assertTrue(made.account().key().value().matches("owlr_prov_[0-9a-f]{48}"));
        assertTrue(
                made.account()
                        .nodeId()
                        .matches(
                                "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}"
                                        + "-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
        Config again = Config.load(file, Map.of(), new SecureRandom());
        assertEquals(made.account(), again.account());
        Config other = Config.load(folder.resolve("other.conf"), Map.of(), new SecureRandom());
        assertNotEquals(made.account().key(), other.account().key());
        try (var left = Files.list(file.getParent())) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void load_fileWithoutIdentity_getsOneAndKeepsTheRest() throws IOException {
        String text =
                "# mine\n[idle]\njob_mode = always ; now\n\n[account] # me\napi_key =\nx = y\n";
        Config config = load(text);
        List<String> lines = Files.readAllLines(file());
        assertEquals(
                List.of(
                        "# mine",
                        "[idle]",
                        "job_mode = always ; now",
                        "",
                        "[account] # me",
                        "node_id = " + config.account().nodeId(),
                        "api_key = " + config.account().key().value(),
                        "x = y"),
                lines);
    }

    @Test
    void load_fileWithoutTheSection_getsItAtTheEnd() throws IOException {
        Config config = load("[idle]\njob_mode = always\n");
        String text = Files.readString(file());
        assertTrue(text.contains("\n[account]\n"), text);
        assertEquals(config.account(), Config.load(file(), Map.of(), new Random(9)).account());
    }

    @Test
    void load_overrides_countInsteadAndAreNeverWritten() throws IOException {
        String text = IDENTITY + "[dashboard]\nport = 1\n";
        Files.writeString(file(), text);
        Map<String, String> overrides = Map.of("dashboard.port", "2", "inference.engine", "mock");
        Config config = Config.load(file(), overrides, new Random(7));
        assertEquals(2, config.dashboardPort());
        assertEquals(Config.EngineKind.MOCK, config.inference().engine());
        assertEquals(4, config.inference().capacity());
        assertEquals(text, Files.readString(file()));
        String message =
                String.valueOf(
                        assertThrows(
                                        AgentException.class,
                                        () ->
                                                Config.load(
                                                        file(),
                                                        Map.of("dashboard.port", "x", "no", "y"),
                                                        new Random(7)))
                                .getMessage());
        assertTrue(message.contains("The override dashboard.port: [dashboard] port = x"), message);
        assertTrue(message.contains("The override no is not a setting"), message);
    }

    @Test
    void settings_page_isTheTableOfTheCode() throws IOException {
        Path page = Path.of(System.getProperty("owlrun.root"), "docs", "agent-settings.md");
        assertTrue(Files.readString(page).contains(Settings.markdown()), "run --help-config");
    }

    @Test
    void load_unusableFile_saysWhatToDo() throws IOException {
        Files.write(file(), new byte[] {'[', (byte) 0xFF});
        assertTrue(loadFails().endsWith("is not UTF-8; save it as UTF-8."));
        Files.write(file(), new byte[(1 << 20) + 1]);
        assertTrue(loadFails().contains("longer than 1 MiB"));
        Files.delete(file());
        Files.createDirectory(file());
        assertTrue(loadFails().contains("check its owner and permissions"));
    }

    @Test
    void settings_table_documentsEverySetting() {
        String table = Settings.markdown();
        for (Setting setting : Settings.all()) {
            assertTrue(table.contains("| `" + setting.name() + "`"), setting.title());
            String value = setting.defaultText();
            assertTrue(
                    value.isEmpty()
                            || setting.name().equals("region")
                            || setting.kind().allows(value),
                    setting.title());
        }
    }

    private Path file() {
        return folder.resolve("owlrun.conf");
    }

    private Config load(String text) throws IOException {
        Files.write(file(), text.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
        return Config.load(file(), Map.of(), new Random(7));
    }

    private String refused(String text) {
        return String.valueOf(assertThrows(AgentException.class, () -> load(text)).getMessage());
    }

    private String loadFails() {
        return String.valueOf(
                assertThrows(
                                AgentException.class,
                                () -> Config.load(file(), Map.of(), new Random(7)))
                        .getMessage());
    }
}
