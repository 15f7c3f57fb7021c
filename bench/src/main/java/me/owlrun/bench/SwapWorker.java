package me.owlrun.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Swaps the same few coins again and again for new ones of the same amounts.
final class SwapWorker implements Worker {

    private final MintClient client;
    private final Books books;
    private final Deque<List<Output>> outputs;
    private List<Coin> coins;

    /// Outputs that were sent without an answer.
    private List<Output> sent = List.of();

    /// @param coins what it starts with
    /// @param outputs for each swap as many as there are coins
    SwapWorker(MintClient client, Books books, List<Coin> coins, List<List<Output>> outputs) {
        this.client = client;
        this.books = books;
        this.coins = coins;
        this.outputs = new ArrayDeque<>(outputs);
    }

    @Override
    public void prepare() throws Refusal {
        client.connect();
    }

    @Override
    public boolean hasNext() {
        return !outputs.isEmpty();
    }

    @Override
    public void operate() throws Refusal {
        sent = outputs.remove();
        take(client.swap(coins, sent));
    }

    private void take(List<Coin> fresh) {
        if (fresh.size() != coins.size() || Books.sum(fresh) != Books.sum(coins)) {
            throw new BenchException("the mint signed something else than asked");
        }
        books.swapped(coins);
        coins = fresh;
    }

    @Override
    public void recover() throws Refusal {
        List<Coin> signed = client.restore(sent, coins.stream().map(Coin::amount).toList());
        if (!signed.isEmpty()) {
            take(signed);
        }
    }

    @Override
    public void close() {
        books.hold(coins);
        client.close();
    }
}
