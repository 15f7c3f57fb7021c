package me.owlrun.agent.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a real, tiny language model that llama.cpp loads in milliseconds and that always says the
/// same sentence, so that tests of billing need no download and know every token.
///
/// The model is a llama of one block whose attention and feed-forward weights are zero: what comes
/// out is the embedding of the last token. Each token of the sentence has its own direction, all
/// others share direction 0, and the output row of a token points to the direction before it. So
/// any prompt is followed by the first word, and every word by the next: a Markov chain.
///
/// A prompt is one token for each octet, as no two pieces of a word stand in the vocabulary that
/// could be merged, so [#promptTokens] is exact too. Format: GGUF version 3, as llama.cpp's
/// `gguf.h` describes it.
public final class TinyGguf {
    /// What the model says to any prompt.
    public static final String ANSWER = " Owlrun node says hello to you and your fine üni 🦉";

    /// Tokens of the whole answer as the engine counts them: ten words, the blank, the four octets
    /// of the owl, and the end mark.
    public static final int COMPLETION_TOKENS = 16;

    private static final List<String> WORDS =
            List.of(
                    "▁Owlrun", "▁node", "▁says", "▁hello", "▁to", "▁you", "▁and", "▁your", "▁fine",
                    "▁üni", "▁");
    private static final byte[] OWL = "🦉".getBytes(StandardCharsets.UTF_8);
    private static final String TEMPLATE =
            "{% for message in messages %}{{ message['role'] }}:{{ message['content'] }};"
                    + "{% endfor %}answer:";

    private static final int WIDTH = 64;
    private static final int CONTEXT_TOKENS = 4096;
    private static final int ALIGNMENT = 32;
    private static final int END_TOKEN = 2;
    private static final int FIRST_BYTE_TOKEN = 3;
    private static final int FIRST_WORD_TOKEN = FIRST_BYTE_TOKEN + 256;
    private static final int VOCABULARY = FIRST_WORD_TOKEN + WORDS.size();
    private static final float MARGIN = 20f;

    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteBuffer out = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<String, Runnable> values = new LinkedHashMap<>();
    private final Map<String, float[]> tensors = new LinkedHashMap<>();

    private TinyGguf() {}

    /// Writes the model.
    ///
    /// @param file where; replaced if it exists
    public static void write(Path file) throws IOException {
        TinyGguf model = new TinyGguf();
        model.describe();
        model.fillTensors();
        Files.write(file, model.encode());
    }

    /// How many tokens a chat of one user message is, with template and begin mark.
    ///
    /// @param message what the user says
    public static int promptTokens(String message) {
        String rendered = "user:" + message + ";answer:";
        return 1 + rendered.getBytes(StandardCharsets.UTF_8).length;
    }

    private void describe() {
        text("general.architecture", "llama");
        text("general.name", "owlrun-tiny");
        number("llama.context_length", CONTEXT_TOKENS);
        number("llama.embedding_length", WIDTH);
        number("llama.block_count", 1);
        number("llama.feed_forward_length", WIDTH);
        number("llama.attention.head_count", 2);
        number("llama.attention.head_count_kv", 2);
        number("llama.rope.dimension_count", WIDTH / 2);
        number("llama.vocab_size", VOCABULARY);
        value("llama.attention.layer_norm_rms_epsilon", FLOAT32, () -> out.putFloat(1e-5f));
        text("tokenizer.ggml.model", "llama");
        text("tokenizer.ggml.pre", "default");
        array("tokenizer.ggml.tokens", STRING, () -> vocabulary().forEach(this::putText));
        array("tokenizer.ggml.scores", FLOAT32, () -> vocabulary().forEach(_ -> out.putFloat(0)));
        array("tokenizer.ggml.token_type", INT32, this::putTokenTypes);
        number("tokenizer.ggml.bos_token_id", 1);
        number("tokenizer.ggml.eos_token_id", END_TOKEN);
        number("tokenizer.ggml.unknown_token_id", 0);
        flag("tokenizer.ggml.add_bos_token", true);
        flag("tokenizer.ggml.add_space_prefix", false);
        text("tokenizer.chat_template", TEMPLATE);
    }

    private static List<String> vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int octet = 0; octet < 256; octet++) {
            tokens.add("<0x%02X>".formatted(octet));
        }
        tokens.addAll(WORDS);
        return tokens;
    }

    /// 1 normal, 2 unknown, 3 control, 6 byte.
    private void putTokenTypes() {
        out.putInt(2).putInt(3).putInt(3);
        for (int token = FIRST_BYTE_TOKEN; token < VOCABULARY; token++) {
            out.putInt(token < FIRST_WORD_TOKEN ? 6 : 1);
        }
    }

    /// The tokens of the answer in order, the end mark last.
    private static List<Integer> chain() {
        List<Integer> chain = new ArrayList<>();
        for (int word = 0; word < WORDS.size(); word++) {
            chain.add(FIRST_WORD_TOKEN + word);
        }
        for (byte octet : OWL) {
            chain.add(FIRST_BYTE_TOKEN + Byte.toUnsignedInt(octet));
        }
        chain.add(END_TOKEN);
        return chain;
    }

    private void fillTensors() {
        float[] embedding = new float[VOCABULARY * WIDTH];
        float[] output = new float[VOCABULARY * WIDTH];
        List<Integer> chain = chain();
        for (int token = 0; token < VOCABULARY; token++) {
            embedding[token * WIDTH + chain.indexOf(token) + 1] = 1f;
        }
        for (int step = 0; step < chain.size(); step++) {
            output[chain.get(step) * WIDTH + step] = MARGIN;
        }
        tensors.put("token_embd.weight", embedding);
        tensors.put("output_norm.weight", ones());
        tensors.put("output.weight", output);
        tensors.put("blk.0.attn_norm.weight", ones());
        tensors.put("blk.0.ffn_norm.weight", ones());
        for (String zero :
                List.of(
                        "attn_q",
                        "attn_k",
                        "attn_v",
                        "attn_output",
                        "ffn_gate",
                        "ffn_up",
                        "ffn_down")) {
            tensors.put("blk.0." + zero + ".weight", new float[WIDTH * WIDTH]);
        }
    }

    private static float[] ones() {
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1f);
        return ones;
    }

    private byte[] encode() {
        out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3);
        out.putLong(tensors.size()).putLong(values.size());
        values.forEach((key, writer) -> {
            putText(key);
            writer.run();
        });
        long offset = 0;
        for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
            putText(tensor.getKey());
            int rows = tensor.getValue().length / WIDTH;
            out.putInt(rows == 1 ? 1 : 2).putLong(WIDTH);
            if (rows > 1) {
                out.putLong(rows);
            }
            out.putInt(0).putLong(offset);
            offset += (long) tensor.getValue().length * Float.BYTES;
        }
        for (float[] weights : tensors.values()) {
            out.position((out.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
            for (float weight : weights) {
                out.putFloat(weight);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private void value(String key, int type, Runnable writer) {
        values.put(
                key,
                () -> {
                    out.putInt(type);
                    writer.run();
                });
    }

    private void array(String key, int type, Runnable writer) {
        value(
                key,
                ARRAY,
                () -> {
                    out.putInt(type).putLong(VOCABULARY);
                    writer.run();
                });
    }

    private void text(String key, String text) {
        value(key, STRING, () -> putText(text));
    }

    private void number(String key, int number) {
        value(key, UINT32, () -> out.putInt(number));
    }

    private void flag(String key, boolean flag) {
        value(key, BOOL, () -> out.put((byte) (flag ? 1 : 0)));
    }

    private void putText(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        out.putLong(octets.length).put(octets);
    }
}
