package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Names the beginnings of conversations, so that the next turn finds the node that has the first
/// in its cache. A name says nothing about the text: it is keyed by a secret that is made anew at
/// each start and never leaves this object.
final class Beginnings {

    private static final String HMAC = "HmacSHA256";
    private static final int SECRET_BYTES = 32;
    private static final int NAME_BYTES = 16;

    private final SecretKeySpec secret;

    Beginnings(SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        secret = new SecretKeySpec(bytes, HMAC);
    }

    String name(JsonNode beginning) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            byte[] name = mac.doFinal(Json.bytes(beginning));
            return HexFormat.of().formatHex(Arrays.copyOf(name, NAME_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }
}
