package me.owlrun.bench;

/// One client in a closed loop: sends a request, waits for the answer, sends the next.
interface Worker extends AutoCloseable {

    /// Gets ready before the clock runs.
    void prepare() throws Refusal;

    /// Whether it has material for another operation.
    boolean hasNext();

    /// One operation.
    void operate() throws Refusal;

    /// After a refusal that does not say what happened: finds it out.
    void recover() throws Refusal;

    @Override
    void close();
}
