package me.owlrun.gateway.outbound;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Which host names may be asked: dotted ones of letters, digits and hyphens whose last part is a
/// public domain. Every way to write an address (`127.1`, `0x7f000001`, `[::1]`) falls through, as
/// a last part has to begin with a letter.
public final class HostNames {

    private static final int CHARS_MAX = 253;

    private static final Pattern NAME =
            Pattern.compile(
                    "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])");

    /// Last parts that never name a public server; `onion` needs a proxy that we do not have.
    private static final Set<String> PRIVATE_ENDINGS =
            Set.of(
                    "arpa",
                    "corp",
                    "home",
                    "internal",
                    "intranet",
                    "invalid",
                    "lan",
                    "local",
                    "localdomain",
                    "localhost",
                    "onion",
                    "private",
                    "test");

    private HostNames() {}

    /// Whether a name, in any letter case, may be asked.
    public static boolean isPublicForm(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.length() <= CHARS_MAX
                && NAME.matcher(lower).matches()
                && !PRIVATE_ENDINGS.contains(lower.substring(lower.lastIndexOf('.') + 1));
    }
}
