package me.owlrun.bench;

import me.owlrun.cashu.Point;

import java.util.List;
import java.util.Optional;

/// What the mint says about every proof the harness ever had, beside the harness's own books.
///
/// @param mintedSat what the mint issued for Lightning
/// @param heldSat what the harness holds
/// @param meltedSat what invoices were paid with
/// @param feeSat what the mint kept of payments
/// @param heldWrong proofs held that the mint does not call unspent
/// @param spentWrong proofs spent that the mint does not call spent
/// @param checked how many proofs were asked about
record Audit(
        long mintedSat,
        long heldSat,
        long meltedSat,
        long feeSat,
        long heldWrong,
        long spentWrong,
        int checked) {

    private static final int BATCH = 100;

    static Audit of(Books books, MintClient client) {
        List<Point> held = books.heldYs();
        List<Point> spent = books.spentYs();
        return new Audit(
                books.mintedSat(),
                books.heldSat(),
                books.meltedSat(),
                books.feeSat(),
                others(client, held, "UNSPENT"),
                others(client, spent, "SPENT"),
                held.size() + spent.size());
    }

    private static long others(MintClient client, List<Point> ys, String state) {
        long others = 0;
        for (int from = 0; from < ys.size(); from += BATCH) {
            List<Point> batch = ys.subList(from, Math.min(ys.size(), from + BATCH));
            List<String> states = states(client, MintClient.statesBody(batch));
            long right = states.stream().filter(state::equals).count();
            others += batch.size() - right;
        }
        return others;
    }

    /// Tried twice, because some mints close a connection between two requests.
    private static List<String> states(MintClient client, byte[] body) {
        Optional<Refusal> last = Optional.empty();
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                return client.states(body);
            } catch (Refusal e) {
                last = Optional.of(e);
            }
        }
        throw new BenchException("the audit gets no states: " + last.map(Refusal::kind).orElse(""));
    }

    /// Whether nothing is lost, doubled or in a wrong state.
    boolean clean() {
        return heldWrong == 0
                && spentWrong == 0
                && feeSat >= 0
                && mintedSat == heldSat + meltedSat + feeSat;
    }

    String text() {
        return ("audit: minted %,d = held %,d + melted %,d + fees %,d sat; %,d proofs asked,"
                        + " %d held not unspent, %d spent not spent: %s")
                .formatted(
                        mintedSat,
                        heldSat,
                        meltedSat,
                        feeSat,
                        checked,
                        heldWrong,
                        spentWrong,
                        clean() ? "CLEAN" : "WRONG");
    }
}
