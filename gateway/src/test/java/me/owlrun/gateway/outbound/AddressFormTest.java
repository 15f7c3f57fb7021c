package me.owlrun.gateway.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;

/// Which addresses are asked by their form alone.
final class AddressFormTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://wallet.example.org",
                "https://wallet.example.org/",
                "https://WALLET.Example.ORG/a?b=c",
                "https://wallet.example.org:443/.well-known/lnurlp/a",
                "https://xn--bcher-kva.example/",
                "https://1.2.3.com/",
                "HTTPS://a-b.co.uk/x"
            })
    void form_publicName_isAllowed(String address) {
        assertTrue(PublicHttp.isAllowedForm(URI.create(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://wallet.example.org/",
                "ftp://wallet.example.org/",
                "file:///etc/passwd",
                "https:wallet.example.org",
                "https:///x",
                "//wallet.example.org/x",
                "https://127.0.0.1/",
                "https://8.8.8.8/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://0177.0.0.1/",
                "https://1.2.3.0x4/",
                "https://1.2.3.4./",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[2606:4700::1111]/",
                "https://localhost/",
                "https://intranet/",
                "https://wallet.example.org./",
                "https://a..example.org/",
                "https://-a.example.org/",
                "https://a-.example.org/",
                "https://a_b.example.org/",
                "https://b\u00fccher.example/",
                "https://printer.local/",
                "https://db.internal/",
                "https://nas.lan/",
                "https://a.LOCALHOST/",
                "https://1.0.0.127.in-addr.arpa/",
                "https://abcdefghij.onion/",
                "https://user@wallet.example.org/",
                "https://user:word@wallet.example.org/",
                "https://@wallet.example.org/",
                "https://wallet.example.org@127.0.0.1/",
                "https://wallet.example.org:8443/",
                "https://wallet.example.org:80/",
                "https://wallet.example.org:0/"
            })
    void form_anythingElse_isForbidden(String address) {
        assertFalse(PublicHttp.isAllowedForm(URI.create(address)));
    }

    @ParameterizedTest
    @ValueSource(ints = {62, 63, 64})
    void form_longLabel_endsAt63(int chars) {
        String host = "a".repeat(chars) + ".example.org";
        assertEquals(chars <= 63, HostNames.isPublicForm(host));
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 253, 254, 5_000})
    void form_longName_endsAt253(int chars) {
        String host = "a.".repeat((chars - 10) / 2) + (chars % 2 == 0 ? "b" : "ab") + ".example.";
        host = host.substring(0, host.length() - 1);
        host = host.length() < chars ? "c".repeat(chars - host.length()) + host : host;
        assertEquals(chars, host.length());
        assertEquals(chars <= 253, HostNames.isPublicForm(host));
    }

    @ParameterizedTest
    @ValueSource(ints = {4_000, 4_096, 4_097})
    void form_longAddress_endsAt4096(int chars) {
        String base = "https://wallet.example.org/";
        URI uri = URI.create(base + "x".repeat(chars - base.length()));
        assertEquals(chars <= 4_096, PublicHttp.isAllowedForm(uri));
    }
}
