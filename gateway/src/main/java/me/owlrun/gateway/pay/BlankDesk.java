package me.owlrun.gateway.pay;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.money.Msat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at the header `X-Cashu-Change-Outputs`, before anything is claimed: `keyset;B_;B_;…`, and
/// after a comma the same once more for the part below a sat of a payment in sats. Does not ask
/// whether blanks were signed before; the swap finds that out.
///
/// @param keysets knows which keysets sign
record BlankDesk(MintKeysets keysets) {

    /// Blanks that a request may carry: as many as bits in the largest amount there can be.
    static final int BLANKS_MAX = 64;

    private static final String HEADER = "X-Cashu-Change-Outputs";
    private static final int GROUPS_MAX = 2;

    /// Leaves the examination, within this class only.
    private static final class WrongException extends RuntimeException {
        private final transient ApiError error;

        private WrongException(ApiError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        private WrongException(String message) {
            this(
                    ApiError.of(
                            ErrorCode.INVALID_CHANGE_OUTPUTS,
                            "The change outputs: " + message + "; nothing was claimed.",
                            HEADER));
        }
    }

    /// Reads the header of a payment.
    ///
    /// @param tender what pays
    Look<Blanks> read(String header, Tender tender) {
        try {
            return new Look.Fine<>(blanks(header, tender));
        } catch (WrongException e) {
            return Look.wrong(e.error);
        }
    }

    private Blanks blanks(String header, Tender tender) {
        String[] texts = header.split(",", -1);
        if (texts.length > GROUPS_MAX) {
            throw new WrongException("at most two groups, one for each unit");
        }
        List<Blanks.Group> groups = new ArrayList<>();
        Set<String> points = new HashSet<>();
        for (String text : texts) {
            groups.add(group(text.strip(), points));
        }
        if (groups.getFirst().unit() != tender.unit()) {
            throw new WrongException("the first keyset is not of the token's unit");
        }
        if (groups.size() > 1
                && (tender.unit() != CurrencyUnit.SAT
                        || groups.getLast().unit() != CurrencyUnit.MSAT)) {
            throw new WrongException(
                    "a second group is for the msat below a sat of a token in sat only");
        }
        for (Blanks.Group group : groups) {
            long stepsMax = group.unit() == tender.unit() ? tender.steps() : Msat.MSAT_PER_SAT - 1;
            requireEnough(group, stepsMax);
        }
        return new Blanks(groups);
    }

    private Blanks.Group group(String text, Set<String> allPoints) {
        String[] parts = text.split(";", -1);
        if (parts.length < 2) {
            throw new WrongException("a keyset and at least one blank with semicolons between");
        }
        if (allPoints.size() + parts.length - 1 > BLANKS_MAX) {
            throw new WrongException("at most " + BLANKS_MAX + " blanks");
        }
        MintKeysets.KeysetInfo info = info(parts[0]);
        CurrencyUnit unit =
                CurrencyUnit.ofText(info.unit())
                        .filter(_ -> info.active())
                        .orElseThrow(() -> new WrongException("the keyset does not sign any more"));
        List<String> points = new ArrayList<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            String point = point(part);
            if (!allPoints.add(point)) {
                throw new WrongException("a blank is there twice");
            }
            points.add(point);
        }
        return new Blanks.Group(unit, info.id(), points);
    }

    private MintKeysets.KeysetInfo info(String text) {
        KeysetId id;
        try {
            id = new KeysetId(text);
        } catch (CashuFormatException e) {
            throw new WrongException(String.valueOf(e.getMessage()));
        }
        return switch (keysets.resolve(id)) {
            case MintKeysets.Lookup.Found<MintKeysets.KeysetInfo>(var info) -> info;
            case MintKeysets.Lookup.Missing<MintKeysets.KeysetInfo>() ->
                    throw new WrongException("the mint does not know the keyset");
            case MintKeysets.Lookup.Unavailable<MintKeysets.KeysetInfo>() ->
                    throw new WrongException(TokenDesk.mintUnavailable());
        };
    }

    private static String point(String text) {
        try {
            return Point.fromHex(text).toHex();
        } catch (CashuFormatException e) {
            throw new WrongException(String.valueOf(e.getMessage()));
        }
    }

    /// Whatever the job will cost, the change has to fit; a refund is all of the payment.
    private void requireEnough(Blanks.Group group, long stepsMax) {
        int enough = Blanks.enoughFor(stepsMax);
        if (group.pointsHex().size() < enough) {
            throw new WrongException(
                    "change of up to %d %s takes %d blanks"
                            .formatted(stepsMax, group.unit().text(), enough));
        }
        Keyset keyset =
                switch (keysets.keys(group.keysetId())) {
                    case MintKeysets.Lookup.Found<Keyset>(Keyset found) -> found;
                    case MintKeysets.Lookup.Missing<Keyset>() ->
                            throw new WrongException("the mint does not know the keyset");
                    case MintKeysets.Lookup.Unavailable<Keyset>() ->
                            throw new WrongException(TokenDesk.mintUnavailable());
                };
        for (long amount = 1; amount > 0 && amount <= stepsMax; amount <<= 1) {
            Optional<Point> key = keyset.key(amount);
            if (key.isEmpty()) {
                throw new WrongException("the keyset has no key for " + amount);
            }
        }
    }
}
