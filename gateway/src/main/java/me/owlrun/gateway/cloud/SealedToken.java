package me.owlrun.gateway.cloud;

/// A token as the database keeps it.
final class SealedToken {

    private final String keyId;
    private final byte[] bytes;

    /// @param keyId names the key
    /// @param bytes nonce, sealed text and tag; not to be changed
    SealedToken(String keyId, byte[] bytes) {
        this.keyId = keyId;
        this.bytes = bytes;
    }

    String keyId() {
        return keyId;
    }

    /// Not to be changed.
    byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return "SealedToken[" + keyId + "]";
    }
}
