package me.owlrun.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

final class JsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "[1]",
                "\"text\"",
                "{a:1}",
                "{\"a\":NaN}",
                "nul"
            })
    void parseObject_notOneStrictObject_refuses(String text) {
        assertThrows(InvalidJsonException.class, () -> Json.parseObject(text));
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertThrows(InvalidJsonException.class, () -> Json.parseObject(utf8));
    }

    @Test
    void parse_tooDeep_refuses() {
        String deep = "[".repeat(Json.DEPTH_MAX + 1) + "]".repeat(Json.DEPTH_MAX + 1);
        assertThrows(InvalidJsonException.class, () -> Json.parse(deep));
        String allowed = "[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX);
        assertEquals(allowed, Json.text(Json.parse(allowed)));
    }

    @Test
    void parse_secretInBrokenText_staysOutOfTheMessage() {
        InvalidJsonException e =
                assertThrows(InvalidJsonException.class, () -> Json.parse("{\"key\": hushhush"));
        assertFalse(String.valueOf(e.getMessage()).contains("hush"), e.getMessage());
    }

    @Test
    void text_decimals_stayExact() {
        String text = "{\"t\":0.10000000000000000001,\"n\":9223372036854775808}";
        assertEquals(text, Json.text(Json.parse(text)));
    }

    @Test
    void text_decimals_areWrittenAsTheyAre() {
        String text = "{\"a\":87200.00,\"b\":100.0,\"c\":0.0000050,\"d\":1.0}";
        assertEquals(text, Json.text(Json.parse(text)));
        String made = Json.text(Json.object().put("usd", new BigDecimal("87200.00")));
        assertEquals("{\"usd\":87200.00}", made);
    }

    @Test
    void text_hugeExponent_staysShort() {
        assertEquals("[1E+99999]", Json.text(Json.parse("[1e99999]")));
    }

    @Test
    void bytes_beyondTheBasicPlane_arePlainUtf8() {
        String text = "{\"owl\":\"🦉 ü\"}";
        assertEquals(text, new String(Json.bytes(Json.parse(text)), StandardCharsets.UTF_8));
        assertEquals(text, Json.text(Json.parse(text)));
    }
}
