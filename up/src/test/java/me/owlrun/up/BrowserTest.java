package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;

import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A person in a real browser: tops up, chats, gets change, withdraws, and the withdrawn token is
/// money at the mint.
@ExtendWith(WithRunningSystem.class)
final class BrowserTest {

    private static final Path SHOTS = Tools.ROOT.resolve("up/target/screenshots");

    private static final List<String> QUESTIONS =
            List.of("Why do owls see so well at night?", "And what does a prompt cost?");

    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void launch() {
        Path chromium = Tools.chromium();
        System.setProperty("playwright.nodejs.path", Tools.node().toString());
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(chromium)
                                        .setArgs(
                                                List.of(
                                                        "--no-sandbox",
                                                        "--disable-gpu",
                                                        "--disable-quic",
                                                        "--no-first-run",
                                                        "--disable-background-networking",
                                                        "--disable-component-update",
                                                        "--disable-sync")));
    }

    @AfterAll
    static void quit() {
        if (playwright != null) {
            browser.close();
            playwright.close();
        }
    }

    private static Locator hook(Page page, String name) {
        return page.locator("[data-test='" + name + "']").last();
    }

    private static Msat balance(Page page) {
        return Msat.of(
                Long.parseLong(
                        page.locator("[data-test='balance']").first().getAttribute("data-msat")));
    }

    private static void awaitBalance(Page page, Msat expected) {
        PlaywrightAssertions.assertThat(page.locator("[data-test='balance']").first())
                .hasAttribute("data-msat", Long.toString(expected.value()));
    }

    private static void shot(Page page, String name) {
        byte[] png = page.screenshot(new Page.ScreenshotOptions().setPath(SHOTS.resolve(name)));
        assertTrue(png.length > 1000);
    }

    /// What a person does with the page.
    private interface Visit {
        void run(Page page) throws Exception;
    }

    @Test
    void person_topsUpChatsWithdraws_everyMillisatIsAccountedFor(RunningSystem system)
            throws Exception {
        visit(
                system,
                page -> {
                    PlaywrightAssertions.assertThat(page.locator("#play-money")).isVisible();
                    topUp(page, 100);
                    Msat left = Msat.ofSat(100).minus(chat(page));
                    shot(page, "chat-dark.png");
                    page.reload();
                    awaitBalance(page, left);
                    withdrawAll(page, system, left);
                });
    }

    @Test
    void person_receivesSatsFromAWallet_paysAndGetsTheSubSatRestInMsat(RunningSystem system)
            throws Exception {
        String token = system.token(100, "sat");
        visit(
                system,
                page -> {
                    awaitBalance(page, Msat.ZERO);
                    hook(page, "receive").click();
                    hook(page, "receive-token").fill(token);
                    hook(page, "receive-confirm").click();
                    awaitBalance(page, Msat.ofSat(100));
                    page.keyboard().press("Escape");
                    Msat left = Msat.ofSat(100).minus(chat(page));
                    assertTrue(left.subSat().isPositive(), "the change has a part below a sat");
                    withdrawAll(page, system, left);
                });
        assertTrue(!Purse.isUnspent(system, token), "the purse swapped the coins for its own");
    }

    /// Opens the page in a fresh browser profile; afterwards nothing may have gone wrong unseen.
    private static void visit(RunningSystem system, Visit visit) throws Exception {
        List<String> complaints = new ArrayList<>();
        try (BrowserContext context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(1440, 900)
                                .setColorScheme(ColorScheme.DARK))) {
            Page page = context.newPage();
            page.setDefaultTimeout(30_000);
            PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            page.onPageError(complaints::add);
            page.onRequest(request -> {
                if (!request.url().startsWith(system.gatewayUrl())
                        && !request.url().startsWith(system.mintUrl())) {
                    complaints.add("request to " + request.url());
                }
            });
            page.navigate(system.gatewayUrl() + "/");
            visit.run(page);
        }
        assertEquals(List.of(), complaints);
    }

    private static void topUp(Page page, long sats) {
        awaitBalance(page, Msat.ZERO);
        hook(page, "top-up").click();
        hook(page, "top-up-amount").fill(Long.toString(sats));
        hook(page, "top-up-confirm").click();
        awaitBalance(page, Msat.ofSat(sats));
        assertTrue(balance(page).equals(Msat.ofSat(sats)));
        page.keyboard().press("Escape");
    }

    /// Sends the prompts, one after the other.
    ///
    /// @return what they cost together
    private static Msat chat(Page page) {
        Msat costs = Msat.ZERO;
        for (int turn = 1; turn <= QUESTIONS.size(); turn++) {
            hook(page, "message").fill(QUESTIONS.get(turn - 1));
            hook(page, "send").click();
            PlaywrightAssertions.assertThat(page.locator("[data-test='receipt']")).hasCount(turn);
            Locator receipt = hook(page, "receipt");
            long costMsat = Long.parseLong(receipt.getAttribute("data-cost-msat"));
            assertTrue(costMsat >= 10, "the price floor is 10 msat");
            assertTrue(hook(page, "answer").innerText().length() > 10);
            costs = costs.plus(Msat.of(costMsat));
            awaitBalance(page, Msat.ofSat(100).minus(costs));
        }
        return costs;
    }

    private static void withdrawAll(Page page, RunningSystem system, Msat left) throws Exception {
        hook(page, "withdraw").click();
        hook(page, "withdraw-amount").fill("all");
        hook(page, "withdraw-confirm").click();
        PlaywrightAssertions.assertThat(hook(page, "withdraw-token")).not().hasText("");
        awaitBalance(page, Msat.ZERO);
        List<String> tokens = new ArrayList<>();
        Msat total = Msat.ZERO;
        for (Locator field : page.locator("[data-test='withdraw-token']").all()) {
            String token = field.evaluate("e => e.value ?? e.textContent").toString().strip();
            tokens.add(token);
            total = total.plus(Purse.worth(token));
        }
        assertEquals(left, total);
        assertEquals(left, Purse.redeem(system.mintUrl(), tokens));
    }
}
