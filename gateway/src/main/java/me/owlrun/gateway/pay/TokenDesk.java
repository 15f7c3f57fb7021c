package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.net.URI;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Looks at tokens: what they say, whether they are of our mint, what they are worth. Asks the mint
/// for keysets at most, never whether proofs are spent; the claim finds that out.
public final class TokenDesk {

    /// Characters a token may have.
    public static final int TOKEN_CHARS_MAX = 65_536;

    private static final Pattern SCHEME =
            Pattern.compile("^(web\\+)?cashu:(//)?", Pattern.CASE_INSENSITIVE);

    private final MintKeysets keysets;
    private final String mint;
    private final Set<String> mints;
    private final Msat valueMax;

    /// @param mints addresses under which our mint is known
    /// @param valueMax the most one request may carry
    TokenDesk(MintKeysets keysets, List<URI> mints, Msat valueMax) {
        this.keysets = keysets;
        this.mint = mints.getFirst().toString();
        this.mints =
                new HashSet<>(mints.stream().map(URI::toString).map(TokenDesk::plain).toList());
        this.valueMax = valueMax;
    }

    /// A text that is a token, with its name.
    ///
    /// @param token what it says
    /// @param encoding how it is written
    /// @param key names it: SHA-256 over its sorted points Y, in hexadecimal
    public record Read(Token token, Encoding encoding, String key) {

        @Override
        public String toString() {
            return "Read[key=" + key + "]";
        }
    }

    /// The address under which payers know our mint.
    public String mint() {
        return mint;
    }

    /// Reads a text as a token.
    public Look<Read> read(String given) {
        String text = withoutScheme(given);
        if (text.length() > TOKEN_CHARS_MAX) {
            return wrong(
                    ErrorCode.TOKEN_TOO_LARGE,
                    "The token is longer than 64 KiB; swap it into fewer proofs first.");
        }
        return switch (TokenCodec.decode(text)) {
            case TokenCodec.Malformed(String reason) ->
                    wrong(
                            ErrorCode.INVALID_CASHU_TOKEN,
                            "The token cannot be read: " + reason + ".");
            case TokenCodec.Valid(Token token) ->
                    new Look.Fine<>(new Read(token, Encoding.of(text), key(token)));
        };
    }

    /// Checks a token and finds what it is worth after the mint's fee.
    public Look<Tender> tender(Read read) {
        Token token = read.token();
        if (!mints.contains(plain(token.mint()))) {
            return wrong(
                    ErrorCode.FOREIGN_MINT,
                    "The token is of another mint; this gateway takes ecash of %s only."
                            .formatted(mint));
        }
        var unit = CurrencyUnit.ofText(token.unit());
        if (unit.isEmpty()) {
            return wrong(
                    ErrorCode.UNSUPPORTED_UNIT,
                    "The token's unit is not sat or msat; swap it in your wallet first.");
        }
        if (new HashSet<>(token.proofs().stream().map(Proof::secret).toList()).size()
                < token.proofs().size()) {
            return wrong(ErrorCode.INVALID_CASHU_TOKEN, "The token holds a proof twice.");
        }
        return resolve(read, unit.get());
    }

    private Look<Tender> resolve(Read read, CurrencyUnit unit) {
        List<Proof> inputs = new ArrayList<>();
        List<Long> feesPpk = new ArrayList<>();
        for (Proof proof : read.token().proofs()) {
            switch (keysets.resolve(proof.keysetId())) {
                case MintKeysets.Lookup.Found<MintKeysets.KeysetInfo>(
                                MintKeysets.KeysetInfo info) -> {
                    if (!info.unit().equals(unit.text())) {
                        return wrong(
                                ErrorCode.INVALID_CASHU_TOKEN,
                                "A proof's keyset is not of the token's unit.");
                    }
                    inputs.add(proof.withoutDleq().withKeysetId(info.id()));
                    feesPpk.add(info.inputFeePpk());
                }
                case MintKeysets.Lookup.Missing<MintKeysets.KeysetInfo>() -> {
                    return wrong(
                            ErrorCode.INVALID_CASHU_TOKEN,
                            "The mint does not know the keyset of a proof.");
                }
                case MintKeysets.Lookup.Unavailable<MintKeysets.KeysetInfo>() -> {
                    return Look.wrong(mintUnavailable());
                }
            }
        }
        return value(read, unit, inputs, Keyset.transactionFee(feesPpk));
    }

    private Look<Tender> value(Read read, CurrencyUnit unit, List<Proof> inputs, long feeSteps) {
        Msat paid;
        try {
            paid = unit.toMsat(Math.subtractExact(read.token().amount(), feeSteps));
        } catch (ArithmeticException e) {
            return tooHigh();
        }
        if (paid.compareTo(valueMax) > 0) {
            return tooHigh();
        }
        if (!paid.isPositive()) {
            return wrong(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "The token is worth no more than the mint's fee.");
        }
        return switch (keysets.active(unit)) {
            case MintKeysets.Lookup.Found<Keyset>(Keyset target) ->
                    new Look.Fine<>(
                            new Tender(
                                    read.key(),
                                    unit,
                                    read.encoding(),
                                    inputs,
                                    feeSteps,
                                    target,
                                    paid));
            case MintKeysets.Lookup.Missing<Keyset>() ->
                    wrong(
                            ErrorCode.UNSUPPORTED_UNIT,
                            "The mint has no active keyset of the token's unit.");
            case MintKeysets.Lookup.Unavailable<Keyset>() -> Look.wrong(mintUnavailable());
        };
    }

    private Look<Tender> tooHigh() {
        return wrong(
                ErrorCode.TOKEN_VALUE_TOO_HIGH,
                "One request may carry at most %d sats; send a smaller token."
                        .formatted(valueMax.floorSat()));
    }

    /// The error while the mint does not answer and nothing was claimed.
    static ApiError mintUnavailable() {
        return ApiError.of(
                ErrorCode.MINT_UNAVAILABLE,
                "The mint cannot be reached; the token was not claimed, try again later.");
    }

    private static <T> Look<T> wrong(ErrorCode code, String message) {
        return Look.wrong(ApiError.of(code, message, "X-Cashu"));
    }

    /// A token as wallets and their links write it, without what stands around it.
    private static String withoutScheme(String text) {
        return SCHEME.matcher(text.strip()).replaceFirst("");
    }

    private static String plain(String mint) {
        String lower = mint.strip().toLowerCase(Locale.ROOT);
        return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static String key(Token token) {
        MessageDigest sha256 = Sha256.digest();
        token.proofs().stream()
                .map(proof -> proof.y().toHex())
                .sorted()
                .forEach(y -> sha256.update(HexFormat.of().parseHex(y)));
        return HexFormat.of().formatHex(sha256.digest());
    }
}
