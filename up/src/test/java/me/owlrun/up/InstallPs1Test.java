package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What can be said about the Windows installer where no PowerShell is: rules that the faults of
/// other installers taught, and that it decides like `install.sh`. `agent/install/test/*.Tests.ps1`
/// runs it where PowerShell is.
final class InstallPs1Test {
    private static final Pattern ASSIGNED =
            Pattern.compile("(?m)\\$([A-Za-z]\\w*)\\s*[-+]?=(?!=)|foreach \\(\\$(\\w+) in");

    @Test
    void file_isPlainAsciiWithoutMarkOrTabs() throws Exception {
        byte[] octets = Files.readAllBytes(Tools.ROOT.resolve("agent/install/install.ps1"));
        for (int i = 0; i < octets.length; i++) {
            boolean fine = octets[i] == '\n' || (octets[i] >= ' ' && octets[i] < 127);
            int place = i;
            assertTrue(fine, () -> "octet " + place + " is " + octets[place]);
        }
    }

    @Test
    void text_hasNothingThatAsksClearsOrClosesTheUsersShell() throws IOException {
        String code = code();
        for (String word :
                List.of(
                        "(?<![\\w.-])exit(?!\\w)",
                        "Clear-Host",
                        "Read-Host",
                        "Invoke-Expression",
                        "(?<![\\w.-])iex(?!\\w)",
                        "Get-WmiObject",
                        "Set-ExecutionPolicy",
                        "SkipCertificateCheck",
                        "ServerCertificateValidationCallback")) {
            Pattern pattern = Pattern.compile(word, Pattern.CASE_INSENSITIVE);
            assertFalse(pattern.matcher(code).find(), word);
        }
    }

    @Test
    void text_isOneFunctionCalledOnTheLastLine() throws IOException {
        String text = text("install.ps1");
        assertTrue(text.endsWith("\n}\n\nInstall-Owlrun @PSBoundParameters\n"));
        String outside =
                code().replaceAll("(?s)\nfunction Install-Owlrun \\{.*\n\\}\n", "\n")
                        .replaceAll("(?s)param\\([^)]*\\)", "");
        assertEquals("Install-Owlrun @PSBoundParameters", outside.strip());
    }

    @Test
    void bothParameterLists_areTheSame() throws IOException {
        List<String> lists =
                Pattern.compile("(?s)param\\(\\s*(\\[string\\]\\$ApiKey.*?)\\s*\\)")
                        .matcher(text("install.ps1"))
                        .results()
                        .map(found -> found.group(1).replaceAll("\\s+", " "))
                        .toList();
        assertEquals(2, lists.size());
        assertEquals(lists.getFirst(), lists.getLast());
        assertTrue(
                lists.getFirst().startsWith("[string]$ApiKey, [string]$Wallet, [string]$Referral"));
    }

    @Test
    void parameters_areNeverAssigned() throws IOException {
        String code = code();
        List<String> parameters =
                Pattern.compile("\\[(?:string|switch)\\]\\$(\\w+)")
                        .matcher(code.substring(0, code.indexOf(")\n")))
                        .results()
                        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
                        .toList();
        assertTrue(parameters.contains("apikey"), parameters::toString);
        List<String> assigned =
                ASSIGNED.matcher(code)
                        .results()
                        .flatMap(InstallPs1Test::names)
                        .filter(parameters::contains)
                        .toList();
        assertEquals(List.of(), assigned);
        assertTrue(ASSIGNED.matcher(code).results().count() > 30, "the pattern finds assignments");
    }

    private static Stream<String> names(MatchResult found) {
        return Stream.of(1, 2)
                .map(found::group)
                .filter(name -> name != null)
                .map(name -> name.toLowerCase(Locale.ROOT));
    }

    /// What both installers decide must be decided alike.
    @Test
    void bothInstallers_decideAlike() throws IOException {
        String shell = text("install.sh");
        String windows = text("install.ps1");
        for (String shared :
                List.of(
                        "owlr_prov_[A-Za-z0-9_-]{8,128}",
                        "[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?",
                        "[A-Za-z0-9_-]{1,64}",
                        "[0-9]+(\\.[0-9]+){1,3}([.-][A-Za-z0-9]{1,20})?",
                        "SHA256SUMS.sig",
                        "OWLRUN_KEY",
                        "OWLRUN_WALLET",
                        "OWLRUN_REFERRAL",
                        "OWLRUN_GATEWAY",
                        "OWLRUN_VERSION",
                        "OWLRUN_FROM",
                        "OWLRUN_DOWNLOAD_BASE",
                        "'@VERSION@'",
                        "'@HASHES@'",
                        "lightning_address",
                        "There is unspent ecash")) {
            String wanted = shared.toLowerCase(Locale.ROOT).replace("sha256sums.sig", "sha256sums");
            assertTrue(shell.toLowerCase(Locale.ROOT).contains(wanted), "install.sh: " + shared);
            assertTrue(windows.toLowerCase(Locale.ROOT).contains(wanted), "install.ps1: " + shared);
        }
        assertEquals(number(shell, "install_mb_min=(\\d+)"), number(windows, "diskMbMin = (\\d+)"));
        assertEquals(number(shell, "model_gb_min=(\\d+)"), number(windows, "modelGbMin = (\\d+)"));
    }

    private static String number(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().findFirst().orElseThrow().group(1);
    }

    /// The text without comments.
    private static String code() throws IOException {
        return text("install.ps1").replaceAll("(?m)(^|\\s)#.*$", "");
    }

    private static String text(String name) throws IOException {
        return Files.readString(
                Tools.ROOT.resolve("agent/install").resolve(name), StandardCharsets.UTF_8);
    }
}
