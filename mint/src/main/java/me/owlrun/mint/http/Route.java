package me.owlrun.mint.http;

import java.util.Locale;

/// What a request is about, as far as limits, pauses and figures distinguish it. A fixed set, so
/// that nobody can grow the figures by inventing paths.
public enum Route {
    /// Published keys.
    KEYS,
    /// Ecash for ecash.
    SWAP,
    /// A new mint quote.
    MINT_QUOTE,
    /// How mint quotes stand.
    MINT_QUOTE_LOOK,
    /// Ecash of paid quotes.
    MINT,
    /// A new melt quote.
    MELT_QUOTE,
    /// How a melt quote stands.
    MELT_QUOTE_LOOK,
    /// Ecash for Lightning.
    MELT,
    /// States of proofs.
    CHECK_STATE,
    /// Signatures given before.
    RESTORE,
    /// What the mint tells of itself.
    INFO,
    /// Whether it is well.
    HEALTH,
    /// Everything else.
    OTHER;

    private static final String MINT_QUOTES = "/v1/mint/quote/";
    private static final String MELT_QUOTES = "/v1/melt/quote/";

    /// The route of a request.
    ///
    /// @param post whether it is a POST
    public static Route of(boolean post, String path) {
        if (path.startsWith(MINT_QUOTES)) {
            return post && !path.endsWith("/check") ? MINT_QUOTE : MINT_QUOTE_LOOK;
        }
        if (path.startsWith(MELT_QUOTES)) {
            return post ? MELT_QUOTE : MELT_QUOTE_LOOK;
        }
        if (path.startsWith("/v1/mint/")) {
            return MINT;
        }
        if (path.startsWith("/v1/melt/")) {
            return MELT;
        }
        if (path.startsWith("/v1/keys")) {
            return KEYS;
        }
        return switch (path) {
            case "/v1/swap" -> SWAP;
            case "/v1/checkstate" -> CHECK_STATE;
            case "/v1/restore" -> RESTORE;
            case "/v1/info" -> INFO;
            case "/healthz" -> HEALTH;
            default -> OTHER;
        };
    }

    /// Its name in figures.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
