package me.owlrun.agent.engine;

import me.owlrun.agent.wire.ResponseBody;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/// One streamed answer on its way from the engine to the sink: cut into whole events, watched, and
/// judged at the end. Used once, by one thread.
final class StreamedAnswer {
    private final ResponseBody body;
    private final EngineLimits limits;
    private final Engine.Sink sink;
    private final EventSplitter splitter = new EventSplitter();
    private final StreamWitness witness = new StreamWitness();

    StreamedAnswer(ResponseBody body, EngineLimits limits, Engine.Sink sink) {
        this.body = body;
        this.limits = limits;
        this.sink = sink;
    }

    /// Pulls until the end and says how it was.
    Engine.Answer run() throws InterruptedException {
        try {
            pullAll();
        } catch (UnwantedException unwanted) {
            return new Engine.Answer.Unwanted("the gateway takes no more");
        } catch (EventSplitter.TooLongException unusable) {
            return Failures.broken("the engine sent an event of more than 1 MiB");
        } catch (ResponseBody.SilentException silent) {
            return Failures.silent(limits.silence());
        } catch (IOException broken) {
            return Failures.broken("the connection to the engine broke during the answer");
        }
        return witness.fault()
                .<Engine.Answer>map(Failures::broken)
                .orElseGet(() -> new Engine.Answer.Complete(witness.tally()));
    }

    private void pullAll() throws IOException, InterruptedException {
        byte[] octets = body.next(limits.firstByte());
        while (octets.length > 0) {
            hand(splitter.feed(octets));
            octets = body.next(limits.silence());
        }
        byte[] rest = splitter.rest();
        if (rest.length > 0) {
            hand(List.of(rest));
        }
    }

    private void hand(List<byte[]> events) throws IOException, InterruptedException {
        if (events.isEmpty()) {
            return;
        }
        events.forEach(witness::see);
        try {
            sink.take(events);
        } catch (IOException refused) {
            throw new UnwantedException(refused);
        }
    }

    /// The sink refused a piece, which is not a failure of the engine.
    private static final class UnwantedException extends IOException {
        @Serial private static final long serialVersionUID = 1L;

        UnwantedException(IOException refused) {
            super(refused);
        }
    }
}
