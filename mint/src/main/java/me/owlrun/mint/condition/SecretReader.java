package me.owlrun.mint.condition;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.Point;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.mint.condition.Condition.Kind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads secrets of the form `["kind",{"nonce","data","tags"}]` and holds them to every rule of
/// NUT-10, NUT-11 and NUT-14. Tags it does not know are allowed and mean nothing.
final class SecretReader {

    private static final String SIGFLAG = "sigflag";
    private static final String PUBKEYS = "pubkeys";
    private static final String N_SIGS = "n_sigs";
    private static final String LOCKTIME = "locktime";
    private static final String REFUND = "refund";
    private static final String N_SIGS_REFUND = "n_sigs_refund";
    private static final List<String> ONCE =
            List.of(SIGFLAG, PUBKEYS, N_SIGS, LOCKTIME, REFUND, N_SIGS_REFUND);

    /// The start of a list whose first element is a text, however the text is escaped.
    private static final Pattern START =
            Pattern.compile("\\s*+\\[\\s*+(\"(?:[^\"\\\\]++|\\\\.)*+\")");

    private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
    private static final Pattern UNIX_TIME = Pattern.compile("[0-9]{1,18}");
    private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

    private SecretReader() {}

    static Secret read(String secret) {
        Optional<Kind> kind = kind(secret);
        if (kind.isEmpty()) {
            return new Secret.Plain();
        }
        try {
            return new Secret.Locked(condition(kind.get(), Json.parse(secret)));
        } catch (InvalidJsonException | CashuFormatException _) {
            return new Secret.Malformed();
        }
    }

    /// The kind stands first, so that it is found even when what follows cannot be read.
    private static Optional<Kind> kind(String secret) {
        Matcher start = START.matcher(secret);
        if (!start.lookingAt()) {
            return Optional.empty();
        }
        try {
            String text = Json.parse(start.group(1)).textValue();
            return Arrays.stream(Kind.values())
                    .filter(kind -> kind.name().equals(text))
                    .findFirst();
        } catch (InvalidJsonException _) {
            return Optional.empty();
        }
    }

    private static Condition condition(Kind kind, JsonNode root) {
        require(root.size() == 2 && root.path(1).isObject());
        JsonNode body = root.path(1);
        require(body.path("nonce").isTextual());
        String data = CashuJson.text(body, "data");
        List<List<String>> tags = tags(body.path("tags"));
        for (String name : ONCE) {
            require(tags.stream().filter(tag -> tag.getFirst().equals(name)).count() <= 1);
        }
        return new Condition(
                kind,
                data,
                tags,
                isSigAll(tags),
                main(kind, data, tags),
                locktime(tags),
                refund(tags));
    }

    private static List<List<String>> tags(JsonNode node) {
        List<List<String>> tags = new ArrayList<>();
        require(node.isMissingNode() || node.isNull() || node.isArray());
        for (JsonNode tag : node) {
            require(tag.isArray() && !tag.isEmpty());
            List<String> texts = new ArrayList<>();
            for (JsonNode text : tag) {
                require(text.isTextual() && !text.textValue().isEmpty());
                texts.add(text.textValue());
            }
            tags.add(texts);
        }
        return tags;
    }

    private static Optional<List<String>> values(List<List<String>> tags, String name) {
        return tags.stream()
                .filter(tag -> tag.getFirst().equals(name))
                .map(tag -> tag.subList(1, tag.size()))
                .findFirst();
    }

    private static boolean isSigAll(List<List<String>> tags) {
        List<String> flag = values(tags, SIGFLAG).orElse(List.of("SIG_INPUTS"));
        boolean all = flag.equals(List.of("SIG_ALL"));
        require(all || flag.equals(List.of("SIG_INPUTS")));
        return all;
    }

    private static KeyPath main(Kind kind, String data, List<List<String>> tags) {
        List<Point> keys = new ArrayList<>();
        switch (kind) {
            case P2PK -> keys.add(Point.fromHex(data));
            case HTLC -> require(HASH.matcher(data).matches());
        }
        keys.addAll(keys(values(tags, PUBKEYS).orElse(List.of())));
        return new KeyPath(keys, required(tags, N_SIGS, keys.size(), keys.isEmpty() ? 0 : 1));
    }

    /// A refund tag without keys is a refund path that nobody can take.
    private static Optional<KeyPath> refund(List<List<String>> tags) {
        Optional<List<Point>> keys = values(tags, REFUND).map(SecretReader::keys);
        int required = required(tags, N_SIGS_REFUND, keys.map(List::size).orElse(0), 1);
        return keys.map(list -> new KeyPath(list, required));
    }

    private static List<Point> keys(List<String> texts) {
        return texts.stream().map(Point::fromHex).toList();
    }

    private static int required(
            List<List<String>> tags, String name, int keyCount, int withoutTag) {
        Optional<List<String>> tag = values(tags, name);
        if (tag.isEmpty()) {
            return withoutTag;
        }
        require(tag.get().size() == 1 && COUNT.matcher(tag.get().getFirst()).matches());
        int required = Integer.parseInt(tag.get().getFirst());
        require(required > 0 && required <= keyCount);
        return required;
    }

    /// What is no Unix time locks for ever, says NUT-11.
    private static OptionalLong locktime(List<List<String>> tags) {
        return values(tags, LOCKTIME)
                .filter(tag -> tag.size() == 1)
                .map(List::getFirst)
                .filter(text -> UNIX_TIME.matcher(text).matches())
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    private static void require(boolean rule) {
        if (!rule) {
            throw new CashuFormatException("the spending condition is malformed");
        }
    }
}
