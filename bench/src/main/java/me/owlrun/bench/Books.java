package me.owlrun.bench;

import me.owlrun.cashu.Point;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/// What the harness did with money, for the audit at the end. Thread-safe.
final class Books {

    private final LongAdder mintedSat = new LongAdder();
    private final LongAdder meltedSat = new LongAdder();
    private final LongAdder feeSat = new LongAdder();
    private final Queue<Coin> held = new ConcurrentLinkedQueue<>();
    private final Queue<Point> spent = new ConcurrentLinkedQueue<>();

    void minted(List<Coin> coins) {
        mintedSat.add(sum(coins));
    }

    /// Coins that nobody works with any more.
    void hold(List<Coin> coins) {
        held.addAll(coins);
    }

    void swapped(List<Coin> inputs) {
        inputs.forEach(coin -> spent.add(coin.y()));
    }

    void melted(List<Coin> inputs, long paidSat, List<Coin> change) {
        inputs.forEach(coin -> spent.add(coin.y()));
        meltedSat.add(paidSat);
        feeSat.add(sum(inputs) - paidSat - sum(change));
        held.addAll(change);
    }

    long mintedSat() {
        return mintedSat.sum();
    }

    long meltedSat() {
        return meltedSat.sum();
    }

    long feeSat() {
        return feeSat.sum();
    }

    long heldSat() {
        return sum(List.copyOf(held));
    }

    List<Point> heldYs() {
        return held.stream().map(Coin::y).toList();
    }

    List<Point> spentYs() {
        return List.copyOf(spent);
    }

    static long sum(List<Coin> coins) {
        return coins.stream().mapToLong(Coin::amount).sum();
    }
}
