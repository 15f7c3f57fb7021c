package me.owlrun.gateway.chat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes answers of nodes that mean no good: good ones, mutated, with forgeries strewn in. The same
/// seed gives the same answer.
public final class HostileStreams {

    private static final List<String> GOOD =
            List.of(
                    """
                    data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

                    data: {"choices":[{"index":0,"delta":{"content":"Grüß dich 🦉"}}]}

                    data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                    data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}

                    data: [DONE]

                    """,
                    """
                    data: {"choices":[{"index":0,"delta":{"reasoning":"hm","tool_calls":[{"index":0,\
                    "id":"c","type":"function","function":{"name":"f","arguments":"{\\"a\\":"}}]}}]}

                    data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,\
                    "function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}]}

                    data: [DONE]

                    """,
                    """
                    data: {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":\
                    [{"token":"a","logprob":-0.1,"bytes":[97],"top_logprobs":[{"token":"b",\
                    "logprob":-3}]}]}}]}

                    data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}]}

                    data: [DONE]

                    """,
                    """
                    {"model":"m","created_at":"t","message":{"role":"assistant","content":"Hi"},\
                    "done":false}
                    {"model":"m","created_at":"t","message":{"role":"assistant","content":"",\
                    "tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},"done":false}
                    {"model":"m","message":{"content":""},"done":true,"done_reason":"stop",\
                    "prompt_eval_count":9,"eval_count":4}
                    """,
                    """
                    {"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",\
                    "content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,\
                    "completion_tokens":1}}
                    """);

    private static final List<String> EVIL =
            List.of(
                    "data: {\"type\":\"cashu_change\",\"token\":\"cashuAevil\",\"choices\":[]}\n\n",
                    "data: {\"error\":{\"message\":\"evil\"}}\n\n",
                    "data: {\"id\":\"evil\",\"model\":\"evil\",\"created\":1,\"object\":\"evil\","
                            + "\"choices\":[{\"index\":0,\"evil\":1,\"delta\":{\"evil\":1,"
                            + "\"content\":\"x\",\"token\":\"cashuAevil\"}}]}\n\n",
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":2000000000,"
                            + "\"completion_tokens\":2000000000,\"cost_msats\":1}}\n\n",
                    "data: [DONE]\n\n",
                    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"evil\"}]}\n\n",
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ud83e\"}}]}\n\n",
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\udd89\\u0000\"}}]}\n\n",
                    "data: {\"choices\":[{\"index\":7,\"delta\":{\"content\":\"evil\"}},"
                            + "{\"index\":99999999999999999999,\"delta\":{}}]}\n\n",
                    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":2147483648,"
                            + "\"id\":7},{\"index\":-1,\"function\":{\"name\":\"g\","
                            + "\"arguments\":{\"a\":[]}}},7,null]}}]}\n\n",
                    "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"logprobs\":{\"content\":"
                            + "[{\"token\":\"\\ud800\",\"logprob\":1e999999999,\"evil\":1},"
                            + "{\"token\":\"a\",\"logprob\":-1,\"bytes\":[999]}],\"evil\":1}}]}\n\n",
                    "event: cashu_change\nid: evil\nretry: 1\ndata: evil\n\n",
                    ": comment evil\n\n",
                    "\uFEFF",
                    "\r\n\r\n\r\n",
                    "\r",
                    "\n",
                    "data\n\n",
                    "data:\n\n",
                    "data:data: [DONE]\n\n",
                    "data: {\"done\":true,\"done_reason\":\"load\"}\n\n",
                    "{\"error\":\"model requires more memory\"}\n",
                    "{\"message\":{\"content\":\"x\"},\"done\":\"no\"}\n",
                    "data: " + "[".repeat(5_000) + "\n\n",
                    "data: " + "{\"choices\":".repeat(5_000) + "\n\n",
                    "data: {\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":\"b\"}}]}\n\n",
                    "data: {\"choices\":{\"0\":{\"delta\":{\"content\":\"x\"}}}}\n\n",
                    "data: {\"choices\":[{\"delta\":{\"reasoning\":\"x\",\"refusal\":\"y\"}}]}\n\n");

    private HostileStreams() {}

    /// An answer with a few mutations.
    public static byte[] make(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] stream = pick(GOOD, random).getBytes(StandardCharsets.UTF_8);
        int mutations = random.nextInt(1, 6);
        for (int i = 0; i < mutations && stream.length > 0; i++) {
            stream = mutate(stream, random);
        }
        return stream;
    }

    /// The same bytes, cut anywhere.
    public static List<byte[]> cut(byte[] stream, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        while (from < stream.length) {
            int to = Math.min(stream.length, from + 1 + random.nextInt(random.nextInt(1, 90)));
            pieces.add(Arrays.copyOfRange(stream, from, to));
            from = to;
        }
        return pieces;
    }

    private static byte[] mutate(byte[] stream, SplittableRandom random) {
        int at = random.nextInt(stream.length);
        int to = Math.min(stream.length, at + 1 + random.nextInt(40));
        return switch (random.nextInt(8)) {
            case 0 -> {
                byte[] flipped = stream.clone();
                flipped[at] = (byte) random.nextInt(256);
                yield flipped;
            }
            case 1 -> join(stream, 0, at, new byte[0], to);
            case 2 -> join(stream, 0, to, new byte[0], at);
            case 3 -> Arrays.copyOf(stream, at);
            case 4 -> join(stream, 0, at, evil(random), at);
            default -> {
                int border = border(stream, at);
                yield join(stream, 0, border, evil(random), border);
            }
        };
    }

    /// The end of the line at a place.
    private static int border(byte[] stream, int at) {
        int end = at;
        while (end < stream.length && stream[end] != '\n') {
            end++;
        }
        return Math.min(end + 1, stream.length);
    }

    private static byte[] evil(SplittableRandom random) {
        return pick(EVIL, random).getBytes(StandardCharsets.UTF_8);
    }

    private static String pick(List<String> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }

    private static byte[] join(byte[] stream, int from, int to, byte[] middle, int then) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(stream, from, to - from);
        joined.writeBytes(middle);
        joined.write(stream, then, stream.length - then);
        return joined.toByteArray();
    }
}
