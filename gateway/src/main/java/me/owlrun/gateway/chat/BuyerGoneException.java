package me.owlrun.gateway.chat;

/// Says that the buyer closed the connection, or does not read any more.
final class BuyerGoneException extends RuntimeException {

    BuyerGoneException(Throwable cause) {
        super("the buyer is gone", cause);
    }
}
