package me.owlrun.bench;

import me.owlrun.cashu.Bdhke;
import me.owlrun.cashu.Dleq;
import me.owlrun.cashu.HashToCurve;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Scalar;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// How long the curve operations of a mint take with the engine of this process
/// (`-Dowlrun.curve=native` or `java`).
final class CurveFigures {

    private static final int ROUNDS = 9;
    private static final int CALLS = 400;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Scalar key = Scalar.random(new SecureRandom());
    private final Point publicKey = key.publicKey();
    private final Point y = HashToCurve.ofSecret("a secret");
    private final Point signature = Bdhke.sign(y, key);
    private final byte[] compressed = y.toBytes();
    private final Dleq dleq = Dleq.prove(key, publicKey, y, signature);
    private int counter;

    /// One operation to measure.
    private record Case(String name, BooleanSupplier work) {}

    void run(Consumer<String> screen) {
        List<Case> cases =
                List.of(
                        new Case("hash to curve", this::hash),
                        new Case("decode a point", this::decode),
                        new Case("verify a proof", this::verify),
                        new Case("sign", () -> Bdhke.sign(y, key).equals(signature)),
                        new Case("sign with DLEQ", this::signWithDleq),
                        new Case("verify DLEQ", this::verifyDleq));
        screen.accept(
                "%-18s %10s   (engine: %s, one thread, best of %d)"
                        .formatted("curve", "us", System.getProperty("owlrun.curve", ""), ROUNDS));
        List<Long> best = new ArrayList<>();
        cases.forEach(_ -> best.add(Long.MAX_VALUE));
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < cases.size(); i++) {
                best.set(i, Math.min(best.get(i), nanos(cases.get(i))));
            }
        }
        for (int i = 0; i < cases.size(); i++) {
            screen.accept(
                    "%-18s %10.1f"
                            .formatted(cases.get(i).name(), best.get(i) / NANOS_PER_MICRO / CALLS));
        }
    }

    private static long nanos(Case measured) {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            if (!measured.work().getAsBoolean()) {
                throw new BenchException(measured.name() + " gives a wrong answer");
            }
        }
        return System.nanoTime() - start;
    }

    private boolean hash() {
        counter++;
        return !HashToCurve.ofSecret("secret " + counter).equals(y);
    }

    private boolean decode() {
        return Point.fromBytes(compressed).equals(y);
    }

    private boolean verify() {
        return Bdhke.verify(y, signature, key);
    }

    private boolean signWithDleq() {
        Point c = Bdhke.sign(y, key);
        return Dleq.prove(key, publicKey, y, c).s().signum() > 0;
    }

    private boolean verifyDleq() {
        return dleq.verify(publicKey, y, signature);
    }
}
