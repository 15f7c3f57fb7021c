package me.owlrun.cashu;

import me.owlrun.cashu.PaymentRequest.Condition;
import me.owlrun.cashu.PaymentRequest.Transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The TLV body of a payment request (NUT-26): fields of one byte type, two bytes length and a
/// value. Unknown fields are ignored.
final class PaymentRequestTlv {

    private static final int ID = 0x01;
    private static final int AMOUNT = 0x02;
    private static final int UNIT = 0x03;
    private static final int SINGLE_USE = 0x04;
    private static final int MINT = 0x05;
    private static final int DESCRIPTION = 0x06;
    private static final int TRANSPORT = 0x07;
    private static final int CONDITION = 0x08;

    private static final int KIND = 0x01;
    private static final int DATA = 0x02;
    private static final int TAG = 0x03;

    private static final List<String> TRANSPORTS = List.of("nostr", "post");
    private static final List<String> CONDITIONS = List.of("P2PK", "HTLC");
    private static final int NOSTR = 0;
    private static final String RELAY_TAG = "r";

    private PaymentRequestTlv() {}

    static byte[] encode(PaymentRequest request) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        request.id().ifPresent(id -> Tlv.put(out, ID, utf8(id)));
        request.amount()
                .ifPresent(amount ->
                        Tlv.put(out, AMOUNT, ByteBuffer.allocate(8).putLong(amount).array()));
        request.unit()
                .ifPresent(unit ->
                        Tlv.put(
                                out,
                                UNIT,
                                unit.equals(CurrencyUnit.SAT.text()) ? new byte[1] : utf8(unit)));
        request.singleUse().ifPresent(single -> Tlv.put(out, SINGLE_USE, number(single ? 1 : 0)));
        request.mints().forEach(mint -> Tlv.put(out, MINT, utf8(mint)));
        request.description().ifPresent(text -> Tlv.put(out, DESCRIPTION, utf8(text)));
        request.transports().forEach(t -> Tlv.put(out, TRANSPORT, encode(t)));
        request.condition().ifPresent(c -> Tlv.put(out, CONDITION, encode(c)));
        return out.toByteArray();
    }

    private static byte[] encode(Transport transport) {
        int kind = kind(TRANSPORTS, transport.type());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Tlv.put(out, KIND, number(kind));
        if (kind == NOSTR) {
            NostrName name = NostrName.decode(transport.target());
            Tlv.put(out, DATA, name.publicKey());
            transport.tags().forEach(tag -> Tlv.put(out, TAG, tag(tag)));
            name.relays().forEach(relay -> Tlv.put(out, TAG, tag(List.of(RELAY_TAG, relay))));
        } else {
            Tlv.put(out, DATA, utf8(transport.target()));
            transport.tags().forEach(tag -> Tlv.put(out, TAG, tag(tag)));
        }
        return out.toByteArray();
    }

    private static byte[] encode(Condition condition) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Tlv.put(out, KIND, number(kind(CONDITIONS, condition.kind())));
        Tlv.put(out, DATA, utf8(condition.data()));
        condition.tags().forEach(tag -> Tlv.put(out, TAG, tag(tag)));
        return out.toByteArray();
    }

    private static int kind(List<String> kinds, String kind) {
        if (!kinds.contains(kind)) {
            throw new CashuFormatException("the payment request has a kind without a number");
        }
        return kinds.indexOf(kind);
    }

    private static byte[] tag(List<String> tag) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String part : tag) {
            Tlv.putShort(out, utf8(part));
        }
        return out.toByteArray();
    }

    static PaymentRequest decode(byte[] bytes) {
        Optional<String> id = Optional.empty();
        OptionalLong amount = OptionalLong.empty();
        Optional<String> unit = Optional.empty();
        Optional<Boolean> single = Optional.empty();
        Optional<String> description = Optional.empty();
        Optional<Condition> condition = Optional.empty();
        List<String> mints = new ArrayList<>();
        List<Transport> transports = new ArrayList<>();
        for (Tlv field : Tlv.read(bytes)) {
            switch (field.type()) {
                case ID -> id = Optional.of(field.text());
                case AMOUNT -> amount = OptionalLong.of(field.number(Long.BYTES));
                case UNIT -> unit = Optional.of(unit(field));
                case SINGLE_USE -> single = Optional.of(field.number(1) != 0);
                case MINT -> mints.add(field.text());
                case DESCRIPTION -> description = Optional.of(field.text());
                case TRANSPORT -> transports.add(transport(field.value()));
                case CONDITION -> condition = Optional.of(condition(field.value()));
                default -> {} // a later version of the form
            }
        }
        if (amount.isPresent() && unit.isEmpty()) {
            throw new CashuFormatException("the payment request has an amount without unit");
        }
        return new PaymentRequest(
                id, amount, unit, single, mints, description, transports, condition);
    }

    private static String unit(Tlv field) {
        boolean sat = field.value().length == 1 && field.value()[0] == 0;
        return sat ? CurrencyUnit.SAT.text() : field.text();
    }

    private static Transport transport(byte[] bytes) {
        Parts parts = Parts.read(bytes, TRANSPORTS);
        if (!parts.kind().equals(TRANSPORTS.get(NOSTR))) {
            return new Transport(parts.kind(), parts.data().text(), parts.tags());
        }
        List<String> relays = new ArrayList<>();
        List<List<String>> tags = new ArrayList<>();
        for (List<String> tag : parts.tags()) {
            if (tag.size() > 1 && tag.getFirst().equals(RELAY_TAG)) {
                relays.addAll(tag.subList(1, tag.size()));
            } else {
                tags.add(tag);
            }
        }
        return new Transport(
                parts.kind(), NostrName.of(parts.data().value(), relays).encode(), tags);
    }

    private static Condition condition(byte[] bytes) {
        Parts parts = Parts.read(bytes, CONDITIONS);
        return new Condition(parts.kind(), parts.data().text(), parts.tags());
    }

    /// What transports and conditions have in common.
    private record Parts(String kind, Tlv data, List<List<String>> tags) {

        static Parts read(byte[] bytes, List<String> kinds) {
            String kind = "";
            Optional<Tlv> data = Optional.empty();
            List<List<String>> tags = new ArrayList<>();
            for (Tlv field : Tlv.read(bytes)) {
                switch (field.type()) {
                    case KIND -> {
                        long number = field.number(1);
                        kind = number < kinds.size() ? kinds.get((int) number) : "";
                    }
                    case DATA -> data = Optional.of(field);
                    case TAG -> tags.add(Tlv.shortTexts(field.value()));
                    default -> {} // a later version of the form
                }
            }
            if (kind.isEmpty() || data.isEmpty()) {
                throw new CashuFormatException("the payment request has an unknown kind");
            }
            return new Parts(kind, data.get(), tags);
        }
    }

    private static byte[] number(int value) {
        return new byte[] {(byte) value};
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
