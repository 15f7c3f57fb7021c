package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Every `curl` in docs/api.md does what the page says, against a real gateway, mint and node; and
/// every endpoint has one.
final class DocSamplesTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final int BLANKS = 12;
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SAMPLE =
            Pattern.compile("(?<command>.*?)( {2}# (?<status>[0-9]{3}): .*)?");
    private static final Pattern PATH = Pattern.compile("\\$GATEWAY([^ \"?]*)");

    private static TestCloud cloud;
    private static TestGateway gateway;
    private static TestNode node;
    private static TestBuyer buyer;
    private static final Map<String, String> NAMES = new HashMap<>();

    @BeforeAll
    static void start() {
        cloud = new TestCloud();
        gateway = TestGateway.start(cloud.flags(TestCloud.keyFile(TestCloud.key(1))));
        node = ScriptedNode.connect(gateway.url());
        buyer = new TestBuyer(gateway);
        TestAccount owner = TestAccount.open(gateway);
        NAMES.put("GATEWAY", gateway.url());
        NAMES.put("KEY", owner.key());
        NAMES.put("PROVIDER_KEY", node.key());
        NAMES.put("CLOUD_TOKEN", TestCloud.TOKEN);
        NAMES.put(
                "CLOUD_ID",
                owner.by(node.key())
                        .post("/v1/cloud/nodes", TestCloud.registration("chat", "a:1b", "p/hello"))
                        .ok()
                        .path("id")
                        .asText());
        NAMES.put("JOB_ID", "job_a_0");
        NAMES.put("INVOICE", TestInvoices.of(Msat.ofSat(12), ""));
        NAMES.put("TOPUP_ID", owner.topUp(3_000).path("id").asText());
        NAMES.put(
                "WITHDRAWAL_ID",
                owner.post("/v1/account/withdraw", "{\"method\":\"ecash\",\"amount_sats\":10}")
                        .ok()
                        .path("id")
                        .asText());
        JsonNode other = owner.post("/v1/account/keys", "{}").ok();
        NAMES.put("KEY_ID", other.path("id").asText());
        String paid = buyer.token(CurrencyUnit.MSAT, 5_000, true);
        assertEquals(200, buyer.complete(paid, TestBuyer.request(MODEL, false)).statusCode());
        NAMES.put("PAID_TOKEN", paid);
        String[] blanks =
                new TestBlanks(buyer.wallet(CurrencyUnit.MSAT), CurrencyUnit.MSAT, BLANKS)
                        .header()
                        .split(";", -1);
        NAMES.put("MSAT_KEYSET", blanks[0]);
        for (int i = 1; i <= BLANKS; i++) {
            NAMES.put("B_" + i, blanks[i]);
        }
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
        cloud.close();
    }

    private static List<String> samples() throws IOException {
        Path page = Path.of(System.getProperty("owlrun.root")).resolve("docs/api.md");
        List<String> samples = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(page));
        while (blocks.find()) {
            blocks.group(1)
                    .replaceAll("\\\\\n *", "")
                    .lines()
                    .filter(line -> line.startsWith("curl "))
                    .forEach(samples::add);
        }
        return samples;
    }

    @Test
    void samples_doWhatThePageSays() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String sample : samples()) {
            Matcher parts = SAMPLE.matcher(sample);
            assertTrue(parts.matches(), sample);
            String expected = parts.group("status") == null ? "20[02]" : parts.group("status");
            String answer = run(parts.group("command") + " -sS -m 60 -w '\n%{http_code}'");
            String status = answer.substring(answer.lastIndexOf('\n') + 1);
            if (!status.matches(expected)) {
                wrong.add(sample + "\n" + answer);
            }
        }
        assertEquals("", String.join("\n\n", wrong));
        assertEquals(List.of(), gateway.audit());
    }

    private static String run(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command);
        builder.environment().putAll(NAMES);
        builder.environment().put("TOKEN", buyer.token(CurrencyUnit.MSAT, 5_000, true));
        builder.redirectErrorStream(true);
        Process process = builder.start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), command + "\n" + answer);
        return answer;
    }

    @Test
    void everyEndpoint_hasASample() throws IOException {
        List<String> asked = new ArrayList<>();
        for (String sample : samples()) {
            Matcher path = PATH.matcher(sample);
            assertTrue(path.find(), sample);
            asked.add(path.group(1));
        }
        List<String> missing = new ArrayList<>();
        Json.parse(gateway.get("/openapi.json").body())
                .path("paths")
                .properties()
                .forEach(path -> {
                    Pattern form = Pattern.compile(path.getKey().replaceAll("\\{[a-z]+}", "[^/]+"));
                    boolean isAlias = path.getValue().has("$ref");
                    if (!isAlias && asked.stream().noneMatch(form.asMatchPredicate())) {
                        missing.add(path.getKey());
                    }
                });
        assertEquals(List.of(), missing);
    }
}
