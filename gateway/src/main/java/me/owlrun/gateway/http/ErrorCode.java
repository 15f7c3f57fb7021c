package me.owlrun.gateway.http;

import java.util.Locale;

/// Every error of the buyer and node APIs, in the order in which a request meets them;
/// docs/errors.md tells what each means for the money.
public enum ErrorCode {
    /// No such path.
    NOT_FOUND(404, Type.INVALID_REQUEST),
    /// The path exists, not for this method.
    METHOD_NOT_ALLOWED(405, Type.INVALID_REQUEST),
    /// The request has no HTTP form we read, or a header is too long.
    BAD_REQUEST(400, Type.INVALID_REQUEST),
    /// The gateway is stopping.
    SHUTTING_DOWN(503, Type.SERVER),
    /// Too many requests of one buyer, or new nodes of one address; header `Retry-After` says when
    /// to come back.
    RATE_LIMIT_EXCEEDED(429, Type.INVALID_REQUEST),
    /// The operator paused this for a while.
    PAUSED(503, Type.SERVER),
    /// The body is not announced as JSON.
    UNSUPPORTED_MEDIA_TYPE(415, Type.INVALID_REQUEST),
    /// The body is too large.
    BODY_TOO_LARGE(413, Type.INVALID_REQUEST),
    /// The token is longer than 64 KiB.
    TOKEN_TOO_LARGE(413, Type.INVALID_REQUEST),
    /// Nothing to pay with.
    NO_PAYMENT_METHOD(401, Type.AUTHENTICATION),
    /// The node's or owner's key is missing, malformed or unknown.
    INVALID_API_KEY(401, Type.AUTHENTICATION),
    /// The key may only spend.
    KEY_NOT_ALLOWED(403, Type.PERMISSION),
    /// The operator has paused the account of the key.
    ACCOUNT_PAUSED(403, Type.PERMISSION),
    /// A plain request to the path of a WebSocket.
    UPGRADE_REQUIRED(426, Type.INVALID_REQUEST),
    /// The token cannot be read, or the mint does not accept its proofs.
    INVALID_CASHU_TOKEN(400, Type.PAYMENT),
    /// The body is not JSON.
    INVALID_JSON(400, Type.INVALID_REQUEST),
    /// A field is missing or wrong.
    INVALID_REQUEST(400, Type.INVALID_REQUEST),
    /// Nobody offers this model.
    MODEL_NOT_FOUND(404, Type.INVALID_REQUEST),
    /// The token is of a mint we do not take.
    FOREIGN_MINT(400, Type.PAYMENT),
    /// The token's unit is not sat or msat.
    UNSUPPORTED_UNIT(400, Type.PAYMENT),
    /// The token is worth more than one request may hold.
    TOKEN_VALUE_TOO_HIGH(400, Type.PAYMENT),
    /// This token pays for a request that still runs.
    PAYMENT_IN_PROGRESS(409, Type.PAYMENT),
    /// The Idempotency-Key came before with another token.
    IDEMPOTENCY_KEY_REUSED(409, Type.INVALID_REQUEST),
    /// The proofs were spent before.
    TOKEN_SPENT(402, Type.PAYMENT),
    /// The blank outputs for the change cannot be used.
    INVALID_CHANGE_OUTPUTS(400, Type.PAYMENT),
    /// The token does not pay for the prompt and one token of answer.
    INSUFFICIENT_FUNDS(402, Type.PAYMENT),
    /// Nobody has known the price of bitcoin for two days.
    ORACLE_STALE(503, Type.SERVER),
    /// The key may not spend that much any more.
    KEY_LIMIT_REACHED(402, Type.PAYMENT),
    /// No node can take the request.
    NO_NODES(503, Type.SERVER),
    /// No small coins for exact change at the moment.
    FLOAT_EMPTY(503, Type.SERVER),
    /// The mint cannot be reached; nothing was claimed.
    MINT_UNAVAILABLE(503, Type.SERVER),
    /// The mint's answer is unknown; the payment is refunded as soon as it is.
    PAYMENT_PENDING(503, Type.SERVER),
    /// The node's engine refuses this request, as any other would.
    REQUEST_REFUSED(422, Type.INVALID_REQUEST),
    /// The node failed.
    NODE_ERROR(502, Type.SERVER),
    /// The node said nothing for too long.
    NODE_TIMEOUT(504, Type.SERVER),
    /// No payment with this token is known.
    PAYMENT_UNKNOWN(404, Type.INVALID_REQUEST),
    /// The account has a Lightning payment under way.
    PAYOUT_IN_PROGRESS(409, Type.INVALID_REQUEST),
    /// The invoice or address cannot be paid.
    INVOICE_REFUSED(422, Type.INVALID_REQUEST),
    /// A cap on payments over Lightning is reached.
    PAYOUT_LIMIT(429, Type.INVALID_REQUEST),
    /// The payment did not happen; the money is back.
    PAYOUT_FAILED(502, Type.SERVER),
    /// No payments are sent at the moment.
    PAYOUTS_PAUSED(503, Type.SERVER),
    /// The vault has no coins of the unit at hand.
    VAULT_SHORT(503, Type.SERVER),
    /// The account has no such withdrawal.
    WITHDRAWAL_UNKNOWN(404, Type.INVALID_REQUEST),
    /// No such job for this key.
    JOB_NOT_FOUND(404, Type.INVALID_REQUEST),
    /// The account has no such key.
    KEY_NOT_FOUND(404, Type.INVALID_REQUEST),
    /// Nobody could open the account any more.
    LAST_KEY(409, Type.INVALID_REQUEST),
    /// The account has as many keys as it may have.
    TOO_MANY_KEYS(409, Type.INVALID_REQUEST),
    /// The account has no such top-up.
    TOPUP_NOT_FOUND(404, Type.INVALID_REQUEST),
    /// This gateway takes no cloud nodes.
    CLOUD_OFF(503, Type.SERVER),
    /// The account has no such cloud node.
    CLOUD_NODE_NOT_FOUND(404, Type.INVALID_REQUEST),
    /// The account has as many cloud nodes as it may have.
    TOO_MANY_CLOUD_NODES(409, Type.INVALID_REQUEST),
    /// The cloud's server cannot be asked, or does not take the token or the model.
    CLOUD_CHECK_FAILED(422, Type.INVALID_REQUEST),
    /// A mistake of ours.
    INTERNAL_ERROR(500, Type.SERVER);

    private final int status;
    private final String type;

    ErrorCode(int status, String type) {
        this.status = status;
        this.type = type;
    }

    /// The words OpenAI's clients know for kinds of errors.
    private static final class Type {
        private static final String INVALID_REQUEST = "invalid_request_error";
        private static final String AUTHENTICATION = "authentication_error";
        private static final String PERMISSION = "permission_error";
        private static final String PAYMENT = "payment_error";
        private static final String SERVER = "server_error";
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// The kind of error, for clients.
    public String type() {
        return type;
    }

    /// The stable code that travels.
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
