package me.owlrun.gateway.log;

import java.util.regex.Pattern;

/// The last defence before a line is written: whatever looks like money, a key, an invoice or an
/// address is blotted out. Nobody should have logged it; this catches who did.
final class Scrub {

    private static final String BLOT = "[redacted]";

    /// Tokens and payment requests, keys, invoices, LNURLs, Lightning addresses, bearers, and
    /// secrets, factors and signatures of ecash (64 or 66 hexadecimal digits).
    private static final Pattern SECRETS =
            Pattern.compile(
                    "cashu[AB][A-Za-z0-9_=+/-]{8,}"
                            + "|creq[Ab][A-Za-z0-9_=+/-]{8,}"
                            + "|owlr_(?:prov|buy|ref)_[A-Za-z0-9_-]+"
                            + "|(?i:ln(?:bc|tb|bcrt|sb|url)[0-9a-z]{20,})"
                            + "|(?i:bearer\\s+[^\\s\",]+)"
                            + "|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+"
                            + "|\\b(?:[0-9a-f]{66}|[0-9a-f]{64})\\b");

    private Scrub() {}

    static String text(String text) {
        return SECRETS.matcher(text).replaceAll(BLOT);
    }
}
