package me.owlrun.bench;

import me.owlrun.cashu.Point;

import java.util.List;

/// Asks for the states of the same proofs again and again.
final class CheckWorker implements Worker {

    private final MintClient client;
    private final byte[] body;
    private final int count;
    private int left;

    /// @param ys whose states
    /// @param operationsMax how often
    CheckWorker(MintClient client, List<Point> ys, int operationsMax) {
        this.client = client;
        this.body = MintClient.statesBody(ys);
        this.count = ys.size();
        this.left = operationsMax;
    }

    @Override
    public void prepare() throws Refusal {
        client.connect();
    }

    @Override
    public boolean hasNext() {
        return left > 0;
    }

    @Override
    public void operate() throws Refusal {
        left--;
        if (client.states(body).size() != count) {
            throw new Refusal("wrong count of states", true);
        }
    }

    @Override
    public void recover() {
        // nothing was changed
    }

    @Override
    public void close() {
        client.close();
    }
}
