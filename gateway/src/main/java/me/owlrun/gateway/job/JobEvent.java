package me.owlrun.gateway.job;

/// Something a node did about a job.
public sealed interface JobEvent {

    /// It took the job.
    record Accepted() implements JobEvent {}

    /// It did not take the job.
    ///
    /// @param reason the node's word for why
    record Rejected(String reason) implements JobEvent {}

    /// It sent a piece of the answer; where pieces begin and end means nothing.
    final class Bytes implements JobEvent {

        private final byte[] data;

        /// @param data the bytes, not to be changed afterwards
        public Bytes(byte[] data) {
            this.data = data;
        }

        /// The bytes, not to be changed.
        public byte[] data() {
            return data;
        }

        @Override
        public String toString() {
            return "Bytes[" + data.length + "]";
        }
    }

    /// It sent everything.
    record Done() implements JobEvent {}

    /// The buyer read too slowly and the relay is full; what came before is all there is.
    record Stalled() implements JobEvent {}

    /// A buyer who pays needs the place of a job that is given away.
    record Evicted() implements JobEvent {}

    /// It failed, or is gone.
    ///
    /// @param code a stable word for why
    /// @param retryable whether another node could do better
    record Failed(String code, boolean retryable) implements JobEvent {}
}
