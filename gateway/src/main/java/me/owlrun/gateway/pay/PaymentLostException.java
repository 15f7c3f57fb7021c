package me.owlrun.gateway.pay;

/// Says that another gateway has taken a payment over, because this one seemed to be gone; the
/// buyer gets its money there, by `POST /v1/cashu/change`.
public final class PaymentLostException extends RuntimeException {

    PaymentLostException(String paymentId) {
        super("payment " + paymentId + " is no longer ours; another gateway closes it");
    }
}
