package me.owlrun.agent.job;

import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Outbound;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Answers by `POST .../proxy/response`, one request that streams the engine's octets. It is opened
/// with the first piece: an answer that fails before is told over the control channel alone.
final class PostAnswer implements AnswerWay {
    private static final Duration POST_LIMIT = Duration.ofMinutes(15);
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(30);

    private final String jobId;
    private final Channel channel;
    private final HttpClient client;
    private final Gateway gateway;
    private final ByteFeed feed = new ByteFeed();
    private final BlockingQueue<Reply> reply = new ArrayBlockingQueue<>(1);
    private boolean open;

    PostAnswer(String jobId, Channel channel, HttpClient client, Gateway gateway) {
        this.jobId = jobId;
        this.channel = channel;
        this.client = client;
        this.gateway = gateway;
    }

    @Override
    public void take(List<byte[]> pieces) throws IOException, InterruptedException {
        if (!open) {
            open = true;
            Thread _ = Thread.ofVirtual().name("post-" + jobId).start(this::post);
        }
        for (byte[] piece : pieces) {
            feed.put(piece);
        }
    }

    @Override
    public void finish() throws IOException, InterruptedException {
        if (!open) {
            throw new IOException("an answer without a single octet");
        }
        feed.end();
        Reply said = reply.poll(REPLY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (said == null || said.status() / 100 != 2) {
            throw new IOException("the gateway did not take the answer: " + said);
        }
    }

    /// The error goes first, so that the gateway knows the reason when the request breaks.
    @Override
    public void fail(Outbound.ProxyError error) throws InterruptedException {
        boolean _ = channel.send(error);
        abandon();
    }

    @Override
    public void abandon() throws InterruptedException {
        if (open) {
            feed.breakOff();
        }
    }

    private void post() {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofInputStream(() -> feed);
        try {
            HttpRequest request = gateway.jobResponse(jobId, body, POST_LIMIT);
            int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            reply.add(new Reply(status));
        } catch (IOException broken) {
            reply.add(new Reply(0));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            // Whatever the reply, nobody reads the pipe from here on: the engine must not wait.
            feed.close();
        }
    }

    /// How the gateway answered the request; 0 if it did not.
    private record Reply(int status) {}
}
