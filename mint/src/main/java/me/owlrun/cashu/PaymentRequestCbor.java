package me.owlrun.cashu;

import me.owlrun.cashu.PaymentRequest.Condition;
import me.owlrun.cashu.PaymentRequest.Transport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The CBOR body of a payment request (NUT-18), under one-letter keys. Unknown keys are ignored.
final class PaymentRequestCbor {

    private PaymentRequestCbor() {}

    static byte[] encode(PaymentRequest request) {
        Map<String, Object> root = new LinkedHashMap<>();
        request.id().ifPresent(id -> root.put("i", id));
        request.amount().ifPresent(amount -> root.put("a", amount));
        request.unit().ifPresent(unit -> root.put("u", unit));
        request.singleUse().ifPresent(single -> root.put("s", single));
        if (!request.mints().isEmpty()) {
            root.put("m", request.mints());
        }
        request.description().ifPresent(description -> root.put("d", description));
        if (!request.transports().isEmpty()) {
            root.put("t", request.transports().stream().map(PaymentRequestCbor::map).toList());
        }
        request.condition().ifPresent(condition -> root.put("nut10", map(condition)));
        return Cbor.encode(root);
    }

    private static Map<String, Object> map(Transport transport) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("t", transport.type());
        map.put("a", transport.target());
        putTags(map, "g", transport.tags());
        return map;
    }

    private static Map<String, Object> map(Condition condition) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("k", condition.kind());
        map.put("d", condition.data());
        putTags(map, "t", condition.tags());
        return map;
    }

    private static void putTags(Map<String, Object> map, String key, List<List<String>> tags) {
        if (!tags.isEmpty()) {
            map.put(key, tags);
        }
    }

    static PaymentRequest decode(byte[] cbor) {
        Map<?, ?> root = required(Map.class, Cbor.decode(cbor), "the payment request");
        Optional<Long> amount = optional(Long.class, root.get("a"), "'a'");
        Optional<String> unit = optional(String.class, root.get("u"), "'u'");
        if (amount.isPresent() && unit.isEmpty()) {
            throw new CashuFormatException("the payment request has an amount without unit");
        }
        return new PaymentRequest(
                optional(String.class, root.get("i"), "'i'"),
                amount.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                unit,
                optional(Boolean.class, root.get("s"), "'s'"),
                texts(root.get("m"), "'m'"),
                optional(String.class, root.get("d"), "'d'"),
                transports(root.get("t")),
                optional(Map.class, root.get("nut10"), "'nut10'")
                        .map(PaymentRequestCbor::condition));
    }

    private static List<Transport> transports(@Nullable Object value) {
        List<Transport> transports = new ArrayList<>();
        for (Object item : list(value, "'t'")) {
            Map<?, ?> map = required(Map.class, item, "an item of 't'");
            transports.add(
                    new Transport(
                            required(String.class, map.get("t"), "'t'"),
                            required(String.class, map.get("a"), "'a'"),
                            tags(map.get("g"), "'g'")));
        }
        return transports;
    }

    private static Condition condition(Map<?, ?> map) {
        return new Condition(
                required(String.class, map.get("k"), "'k'"),
                required(String.class, map.get("d"), "'d'"),
                tags(map.get("t"), "'t'"));
    }

    private static List<List<String>> tags(@Nullable Object value, String what) {
        List<List<String>> tags = new ArrayList<>();
        for (Object item : list(value, what)) {
            List<String> tag = texts(item, what);
            if (tag.isEmpty()) {
                throw new CashuFormatException(what + " has an empty tag");
            }
            tags.add(tag);
        }
        return tags;
    }

    private static List<String> texts(@Nullable Object value, String what) {
        List<String> texts = new ArrayList<>();
        for (Object item : list(value, what)) {
            texts.add(required(String.class, item, what));
        }
        return texts;
    }

    private static List<?> list(@Nullable Object value, String what) {
        if (value == null || value instanceof Cbor.Null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw new CashuFormatException(what + " has the wrong type");
    }

    private static <T> T required(Class<T> type, @Nullable Object value, String what) {
        return optional(type, value, what)
                .orElseThrow(() -> new CashuFormatException(what + " is missing"));
    }

    private static <T> Optional<T> optional(Class<T> type, @Nullable Object value, String what) {
        if (value == null || value instanceof Cbor.Null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new CashuFormatException(what + " has the wrong type");
        }
        return Optional.of(type.cast(value));
    }
}
