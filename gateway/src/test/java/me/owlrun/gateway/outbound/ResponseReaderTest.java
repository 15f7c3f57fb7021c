package me.owlrun.gateway.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import me.owlrun.gateway.outbound.Fetched.Fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What is read as an HTTP answer and what is not.
final class ResponseReaderTest {

    private static final int BODY_MAX = 100;

    /// The examples write `~` for the end of a line.
    private static String wire(String text) {
        return text.replace("~", "\r\n");
    }

    private static ResponseReader.Response read(String text) throws IOException, FetchException {
        byte[] bytes = wire(text).getBytes(StandardCharsets.UTF_8);
        return new ResponseReader(new ByteArrayInputStream(bytes), BODY_MAX).read();
    }

    private static Fault fault(String text) {
        FetchException refused = assertThrows(FetchException.class, () -> read(text));
        return refused.toFailed().fault();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK~Content-Length: 5~~hällo and more",
                "HTTP/1.0 200 OK~~häll",
                "HTTP/1.1 200~content-length:5~CONTENT-length:  5 ~~häll",
                "HTTP/1.1 200 \nContent-Length: 5\n\nhäll",
                "HTTP/1.1 200 OK~Transfer-Encoding: Chunked~~"
                        + "2;name=value~h\u00c3~003 ~\u00a4ll~0~Date: x~~",
                "HTTP/1.1 103 Early~Link: <x>~~HTTP/1.1 200 OK~"
                        + "Content-Encoding: identity~Content-Length: 5~~häll"
            })
    void read_everyWayToEndABody_isUnderstood(String text) throws IOException, FetchException {
        // The chunked example cuts a character in two, so its bytes are given one by one.
        byte[] bytes =
                text.contains("Chunked")
                        ? wire(text).getBytes(StandardCharsets.ISO_8859_1)
                        : wire(text).getBytes(StandardCharsets.UTF_8);
        ResponseReader.Response response =
                new ResponseReader(new ByteArrayInputStream(bytes), BODY_MAX).read();
        assertEquals(200, response.status());
        assertEquals("häll", response.body());
        assertEquals(Optional.empty(), response.location());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "HTTP/2 200~~",
                "HTTP/1.1 600 X~~",
                "HTTP/1.1 20 X~~",
                "HTTP/1.1 200 OK~Content-Length: 5",
                "HTTP/1.1 200 OK~Content-Length: 5~~hell",
                "HTTP/1.1 200 OK~Content-Length: -1~~",
                "HTTP/1.1 200 OK~Content-Length: 5, 5~~hello",
                "HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 6~~hello!",
                "HTTP/1.1 200 OK~Content-Length : 5~~hello",
                "HTTP/1.1 200 OK~no header~~",
                "HTTP/1.1 200 OK~A: b~ folded~~",
                "HTTP/1.1 200 OK~Content-Length: 5~Transfer-Encoding: chunked~~hello",
                "HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~0~~",
                "HTTP/1.1 200 OK~Content-Encoding: gzip~Content-Length: 0~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~x~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello!~0~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~",
                "HTTP/1.1 100 X~~HTTP/1.1 100 X~~HTTP/1.1 100 X~~"
                        + "HTTP/1.1 100 X~~HTTP/1.1 100 X~~HTTP/1.1 200 X~~"
            })
    void read_unclearAnswer_isBroken(String text) {
        assertEquals(Fault.BROKEN, fault(text));
    }

    @Test
    void read_body_endsAtItsLimit() throws IOException, FetchException {
        String most = "x".repeat(BODY_MAX);
        String head = "HTTP/1.1 200 OK~";
        String chunked = head + "Transfer-Encoding: chunked~~";
        assertEquals(most, read(head + "~" + most).body());
        assertEquals(most, read(head + "Content-Length: 100~~" + most).body());
        assertEquals(most, read(chunked + "64~" + most + "~0~~").body());
        assertEquals(Fault.TOO_LARGE, fault(head + "~" + most + "x"));
        assertEquals(Fault.TOO_LARGE, fault(head + "Content-Length: 101~~" + most + "x"));
        assertEquals(Fault.TOO_LARGE, fault(head + "Content-Length: 999999999999~~"));
        assertEquals(Fault.TOO_LARGE, fault(chunked + "65~" + most + "x~0~~"));
        assertEquals(Fault.TOO_LARGE, fault(chunked + "64~" + most + "~1~x~0~"));
        assertEquals(Fault.TOO_LARGE, fault(chunked + "ffffffff~"));
    }

    @Test
    void read_head_endsAtItsLimit() {
        String head = "HTTP/1.1 200 OK~";
        assertEquals(Fault.TOO_LARGE, fault(head + "A: " + "x".repeat(16_384)));
        assertEquals(Fault.TOO_LARGE, fault(head + "A: b~".repeat(4_000)));
        assertEquals(Fault.TOO_LARGE, fault("x".repeat(20_000)));
        String chunked = head + "Transfer-Encoding: chunked~~";
        assertEquals(Fault.TOO_LARGE, fault(chunked + "1;" + "x".repeat(20_000)));
        assertEquals(Fault.TOO_LARGE, fault(chunked + "0~" + "A: b~".repeat(4_000)));
    }
}
