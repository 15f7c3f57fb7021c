package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Settings and the command line.
final class MainTest {

    @Test
    void settings_wrongInSeveralWays_areAllReportedWithWhatToDo() {
        ConfigException wrong =
                assertThrows(
                        ConfigException.class,
                        () ->
                                GatewaySettings.read(
                                        Map.of("OWLRUN_GATEWAY_PROT", "1"),
                                        List.of(
                                                "--port=99999",
                                                "--oracle.usd_per_btc=-1",
                                                "--mint.url=ftp://x",
                                                "--instance=A b",
                                                "--no.such=1")));
        String message = String.valueOf(wrong.getMessage());
        for (String name :
                List.of(
                        "port",
                        "oracle.usd_per_btc",
                        "mint.url",
                        "instance",
                        "no.such",
                        "OWLRUN_GATEWAY_PROT")) {
            assertTrue(message.contains(name), name + " in " + message);
        }
        assertEquals(6, message.lines().count());
    }

    @Test
    void settingsTable_inTheDocs_isTheProgramsOwn() throws IOException {
        Path page = Path.of(System.getProperty("owlrun.root"), "docs", "gateway.md");
        String table = Settings.markdown(GatewaySettings.TABLE);
        assertTrue(Files.readString(page).contains(table), "docs/gateway.md must hold:\n" + table);
    }

    @Test
    void audit_ofAnUntouchedGateway_findsNothingAndSaysSo() {
        try (TestGateway gateway = TestGateway.start()) {
            GatewayProcess.Result result = GatewayProcess.run("audit", gateway.databaseFlags());
            assertEquals(0, result.status(), result.output());
            assertTrue(result.output().contains("every invariant holds"));
        }
    }

    @Test
    void audit_afterTampering_namesTheBreach() {
        try (TestGateway gateway = TestGateway.start()) {
            TestSql.execute(
                    gateway,
                    "UPDATE account SET balance_msat = balance_msat + 1"
                            + " WHERE kind = 'ecash_treasury'");
            GatewayProcess.Result result = GatewayProcess.run("audit", gateway.databaseFlags());
            assertEquals(3, result.status(), result.output());
            assertTrue(result.output().contains("treasury_is_vault"), result.output());
            assertTrue(result.output().contains("balance_is_sum_of_entries"), result.output());
        }
    }

    @Test
    void main_wrongSettings_exitsWith2() {
        GatewayProcess.Result result = GatewayProcess.run("--port=x", List.of());
        assertEquals(2, result.status());
        assertTrue(result.output().contains("Setting 'port' must be"), result.output());
    }

    @Test
    void main_help_showsEverySetting() {
        GatewayProcess.Result result = GatewayProcess.run("--help", List.of());
        assertEquals(0, result.status());
        GatewaySettings.TABLE.forEach(
                setting -> assertTrue(result.output().contains("`" + setting.name() + "`")));
    }
}
