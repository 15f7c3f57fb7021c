package me.owlrun.mint.ldk;

import org.ldk.enums.Recipient;
import org.ldk.structs.Invoice;
import org.ldk.structs.KeysManager;
import org.ldk.structs.Option_u64Z;
import org.ldk.structs.Result_InvoiceParseOrSemanticErrorZ;
import org.ldk.structs.Result_InvoiceSignOrCreationErrorZ;
import org.ldk.structs.Result_PaymentPreimageAPIErrorZ;
import org.ldk.structs.Result_PaymentSecretNoneZ;
import org.ldk.structs.Result_SecretKeyNoneZ;

import java.util.Optional;
import java.util.OptionalLong;

/// Unpacks what LDK answers with, where anything but success is a mistake of the test.
final class LdkResults {

    private LdkResults() {}

    static byte[] nodeSecret(KeysManager keys) {
        return switch (keys.as_KeysInterface().get_node_secret(Recipient.LDKRecipient_Node)) {
            case Result_SecretKeyNoneZ.Result_SecretKeyNoneZ_OK ok -> ok.res;
            default -> throw new IllegalStateException("the node has no secret");
        };
    }

    static byte[] secret(Result_PaymentSecretNoneZ result) {
        return switch (result) {
            case Result_PaymentSecretNoneZ.Result_PaymentSecretNoneZ_OK ok -> ok.res;
            default -> throw new IllegalStateException("LDK takes no such invoice");
        };
    }

    static byte[] preimage(Result_PaymentPreimageAPIErrorZ result) {
        return switch (result) {
            case Result_PaymentPreimageAPIErrorZ.Result_PaymentPreimageAPIErrorZ_OK ok -> ok.res;
            default -> throw new IllegalStateException("LDK made no such invoice");
        };
    }

    static Invoice made(Result_InvoiceSignOrCreationErrorZ result) {
        return switch (result) {
            case Result_InvoiceSignOrCreationErrorZ.Result_InvoiceSignOrCreationErrorZ_OK ok ->
                    ok.res;
            default -> throw new IllegalStateException("LDK could not make the invoice");
        };
    }

    /// Empty when the text is no invoice.
    static Optional<Invoice> parsed(String text) {
        return switch (Invoice.from_str(text)) {
            case Result_InvoiceParseOrSemanticErrorZ.Result_InvoiceParseOrSemanticErrorZ_OK ok ->
                    Optional.of(ok.res);
            default -> Optional.empty();
        };
    }

    static OptionalLong number(Option_u64Z option) {
        return option instanceof Option_u64Z.Some number
                ? OptionalLong.of(number.some)
                : OptionalLong.empty();
    }

    static Option_u64Z option(long number) {
        return number == 0 ? Option_u64Z.none() : Option_u64Z.some(number);
    }
}
