package me.owlrun.agent.job;

import me.owlrun.agent.wire.Outbound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Answers over the control channel: `proxy_chunk` messages, then `proxy_done`.
final class SocketAnswer implements AnswerWay {
    private final String jobId;
    private final Channel channel;

    SocketAnswer(String jobId, Channel channel) {
        this.jobId = jobId;
        this.channel = channel;
    }

    @Override
    public void take(List<byte[]> pieces) throws IOException, InterruptedException {
        List<String> texts =
                pieces.stream().map(piece -> new String(piece, StandardCharsets.UTF_8)).toList();
        for (String data : ChunkPacker.pack(texts)) {
            put(new Outbound.ProxyChunk(jobId, data));
        }
    }

    @Override
    public void finish() throws IOException, InterruptedException {
        put(new Outbound.ProxyDone(jobId));
    }

    @Override
    public void fail(Outbound.ProxyError error) throws InterruptedException {
        // If the channel is gone the gateway knows more than this message could tell it.
        boolean _ = channel.send(error);
    }

    @Override
    public void abandon() {}

    private void put(Outbound message) throws IOException, InterruptedException {
        if (!channel.send(message)) {
            throw new IOException("the control channel is gone");
        }
    }
}
