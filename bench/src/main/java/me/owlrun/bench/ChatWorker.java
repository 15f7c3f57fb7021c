package me.owlrun.bench;

import java.io.IOException;

/// One chat client in a closed loop: a whole answer, or a stream of which the time to the first
/// word counts.
final class ChatWorker implements Worker {

    private static final String WORD = "\"content\":\"w";

    private final ChatTarget target;
    private final boolean stream;
    private final byte[] request;
    private final ChatConnection http;

    /// @param stream whether answers are streamed; all come at once from the upstream
    ChatWorker(ChatTarget target, boolean stream) {
        this.target = target;
        this.stream = stream;
        this.request = ChatTarget.request(Script.WHOLE_MODEL, stream);
        this.http = new ChatConnection(target.url());
    }

    @Override
    public void prepare() throws Refusal {
        try {
            http.connect();
        } catch (IOException e) {
            throw new Refusal("no connection", false);
        }
    }

    @Override
    public boolean hasNext() {
        return target.hasNext().getAsBoolean();
    }

    @Override
    public void operate() throws Refusal {
        int[] words = new int[1];
        ChatConnection.Answer answer;
        try {
            answer =
                    http.post(
                            target.headers().get(),
                            request,
                            (data, _) -> words[0] += data.contains(WORD) ? 1 : 0);
        } catch (IOException e) {
            throw new Refusal("no answer: " + e.getMessage(), true);
        }
        if (answer.status() != 200) {
            throw new Refusal("HTTP " + answer.status(), true);
        }
        if (stream ? words[0] != 1 : !answer.body().contains(WORD)) {
            throw new Refusal("no word in the answer", true);
        }
    }

    @Override
    public void recover() {
        // nothing to find out: the next request is another one
    }

    @Override
    public void close() {
        http.close();
    }
}
