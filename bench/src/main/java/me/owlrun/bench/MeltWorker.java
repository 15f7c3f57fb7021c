package me.owlrun.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Pays invoices, one coin each; the quotes are asked for before the clock runs.
final class MeltWorker implements Worker {

    private static final long POLL_NANOS = 20_000_000;
    private static final int POLLS_MAX = 500;

    private final MintClient client;
    private final Books books;
    private final Deque<Payment> payments;
    private final Deque<Ready> ready = new ArrayDeque<>();

    /// One invoice with what pays it.
    ///
    /// @param blanks outputs for the change
    record Payment(String invoice, Coin coin, List<Output> blanks) {}

    /// A payment whose price is known.
    private record Ready(Payment payment, MintClient.MeltQuote quote) {}

    MeltWorker(MintClient client, Books books, List<Payment> payments) {
        this.client = client;
        this.books = books;
        this.payments = new ArrayDeque<>(payments);
    }

    @Override
    public void prepare() throws Refusal {
        while (!payments.isEmpty()) {
            Payment payment = payments.peek();
            MintClient.MeltQuote quote = client.meltQuote(payment.invoice());
            if (quote.amount() + quote.feeReserve() > payment.coin().amount()) {
                throw new BenchException(
                        "the fee reserve of " + quote.feeReserve() + " sat is more than expected");
            }
            ready.add(new Ready(payments.remove(), quote));
        }
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty();
    }

    @Override
    public void operate() throws Refusal {
        Ready next = ready.element();
        Payment payment = next.payment();
        book(client.melt(next.quote().quote(), List.of(payment.coin()), payment.blanks()));
    }

    /// A payment under way may end at any time; one that was refused stays first in the queue.
    private void book(MintClient.Melted first) throws Refusal {
        MintClient.Melted melted = first;
        Ready next = ready.element();
        for (int polls = 0; !melted.paid(); polls++) {
            if (polls == POLLS_MAX) {
                throw new BenchException("a payment stays pending");
            }
            LockSupport.parkNanos(POLL_NANOS);
            melted = client.melted(next.quote().quote(), next.payment().blanks());
        }
        books.melted(List.of(next.payment().coin()), next.quote().amount(), melted.change());
        ready.remove();
    }

    @Override
    public void recover() throws Refusal {
        Ready next = ready.element();
        MintClient.Melted now = client.melted(next.quote().quote(), next.payment().blanks());
        if (now.paid()) {
            book(now);
        }
    }

    @Override
    public void close() {
        payments.forEach(payment -> books.hold(List.of(payment.coin())));
        ready.forEach(next -> books.hold(List.of(next.payment().coin())));
        client.close();
    }
}
