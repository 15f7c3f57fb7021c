package me.owlrun.gateway.pay;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;
import me.owlrun.gateway.vault.Operations;
import me.owlrun.gateway.vault.Signing;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Takes payments and closes them. In the order of a payment: [#claim] swaps the buyer's proofs
/// into ours, in amounts that make any change; the [Charge] is closed in one local transaction
/// without asking the mint, which is asked after that only to bring change into blanks.
/// Thread-safe.
public final class Cashier {

    private static final System.Logger LOG = System.getLogger(Cashier.class.getName());

    /// The mint's keyset was replaced between our look and the swap: look again.
    private static final int KEYSET_INACTIVE = 12002;

    private static final int PROOF_INVALID = 10_001;
    private static final int PROOFS_PENDING = 11_002;
    private static final int CONDITION_UNMET = 20_008;
    private static final int PROOFS_SPENT = 11001;
    private static final int CLAIMS_MAX = 2;

    private final PaymentStore payments;
    private final Operations runner;
    private final MintKeysets keysets;
    private final ChangeDesk changes;
    private final SecureRandom random;
    private final String bootId;
    private final PaySteps steps;
    private final Executor beside;

    /// Payments that a thread of this process is at work on; everything else that is open was left
    /// behind.
    private final Set<String> live = ConcurrentHashMap.newKeySet();

    /// @param beside runs what need not be waited for at once
    Cashier(
            PaymentStore payments,
            Operations runner,
            MintKeysets keysets,
            ChangeDesk changes,
            SecureRandom random,
            String bootId,
            PaySteps steps,
            Executor beside) {
        this.payments = payments;
        this.runner = runner;
        this.keysets = keysets;
        this.changes = changes;
        this.random = random;
        this.bootId = bootId;
        this.steps = steps;
        this.beside = beside;
    }

    /// The payment made with a token, unless it was refused.
    ///
    /// @param tokenKey the token's name, see [TokenDesk.Read]
    Optional<Payment> find(String tokenKey) {
        return payments.ofToken(tokenKey);
    }

    /// Claims a token: writes the intent, swaps at the mint, records the result.
    ///
    /// @param blanks where the change shall go; empty for a token
    /// @param costMax the most that will be kept; the rest can be change in few large coins
    /// @param idempotencyKey the header of that name, if sent
    ClaimResult claim(
            Tender tender,
            Optional<Blanks> blanks,
            String model,
            Msat costMax,
            Optional<String> idempotencyKey) {
        ClaimResult result = notClaimed(TokenDesk.mintUnavailable());
        Tender current = tender;
        for (int claim = 0; claim < CLAIMS_MAX; claim++) {
            Attempt attempt =
                    attempt(current, newPayment(tender, blanks, model), costMax, idempotencyKey);
            result = attempt.result;
            if (attempt.mintCode != KEYSET_INACTIVE) {
                return result;
            }
            keysets.refresh();
            if (!(keysets.active(tender.unit())
                    instanceof MintKeysets.Lookup.Found<Keyset>(Keyset target))) {
                return result;
            }
            current =
                    new Tender(
                            tender.key(),
                            tender.unit(),
                            tender.encoding(),
                            tender.inputs(),
                            tender.feeSteps(),
                            target,
                            tender.paid());
        }
        return result;
    }

    /// One try at claiming, with the mint's code when it refused.
    private record Attempt(ClaimResult result, int mintCode) {}

    private Attempt attempt(
            Tender tender, Payment payment, Msat costMax, Optional<String> idempotencyKey) {
        MintOperation operation = newOperation(tender, costMax);
        live.add(payment.id());
        boolean claimed = false;
        try {
            switch (payments.begin(payment, tender, idempotencyKey.map(Sha256::hexOf), operation)) {
                case STARTED -> steps.reached(PayStep.INTENT_WRITTEN);
                case REPEATED -> {
                    return new Attempt(new ClaimResult.NotClaimed(repeated(tender)), 0);
                }
                case NO_KIT -> {
                    return new Attempt(notClaimed(floatEmpty()), 0);
                }
            }
            Attempt attempt = ask(payment, operation, costMax);
            claimed = attempt.result instanceof ClaimResult.Claimed;
            return attempt;
        } finally {
            if (!claimed) {
                live.remove(payment.id());
            }
        }
    }

    private Attempt ask(Payment payment, MintOperation operation, Msat costMax) {
        Signing answer = runner.sign(operation);
        steps.reached(PayStep.MINT_ANSWERED);
        return switch (answer) {
            case Signing.Signed(Supplier<OperationResult> proofs) -> {
                FutureTask<Void> booking =
                        new FutureTask<>(() -> book(payment, operation, proofs.get()), null);
                beside.execute(booking);
                yield new Attempt(
                        new ClaimResult.Claimed(new TokenCharge(payment, costMax, booking)), 0);
            }
            case Signing.Ended(OperationResult result) -> ended(payment, operation, result);
        };
    }

    /// Writes down that the proofs are ours. The mint has given them to us and the intent says how
    /// to ask for them again, so a node may be at work meanwhile; nothing is closed before this is
    /// done.
    private void book(Payment payment, MintOperation operation, OperationResult result) {
        if (!(result instanceof OperationResult.Done(List<Proof> proofs))) {
            throw new IllegalStateException(
                    "payment %s: the mint signed wrongly".formatted(payment.id()));
        }
        payments.claimed(payment, operation, proofs);
        steps.reached(PayStep.CLAIMED);
    }

    private Attempt ended(Payment payment, MintOperation operation, OperationResult result) {
        return switch (result) {
            case OperationResult.Done _ -> throw new IllegalArgumentException("it is signed");
            case OperationResult.Refused(int code) -> {
                payments.refused(payment, operation, code);
                yield new Attempt(notClaimed(refusal(code)), code);
            }
            case OperationResult.NotSent() -> {
                payments.refused(payment, operation, 0);
                yield new Attempt(notClaimed(TokenDesk.mintUnavailable()), 0);
            }
            case OperationResult.Pending(String reason) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "payment {0}: the mint''s answer is unknown ({1}); asking again later",
                        payment.id(),
                        reason);
                yield new Attempt(new ClaimResult.NotClaimed(Refusal.forGood(pending())), 0);
            }
        };
    }

    private static ClaimResult notClaimed(ApiError error) {
        return new ClaimResult.NotClaimed(Refusal.of(error));
    }

    private Refusal repeated(Tender tender) {
        return find(tender.key()).map(EcashMethod::repeat).orElseGet(EcashMethod::keyReused);
    }

    private Payment newPayment(Tender tender, Optional<Blanks> blanks, String model) {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return new Payment(
                "pay_" + HexFormat.of().formatHex(id),
                model,
                tender.unit(),
                tender.encoding(),
                tender.paid(),
                blanks,
                bootId,
                new Payment.State.Intent());
    }

    private MintOperation newOperation(Tender tender, Msat costMax) {
        List<OutputData> outputs =
                Amounts.splitForChange(tender.steps(), tender.unit().ceilSteps(costMax)).stream()
                        .map(amount -> OutputData.random(amount, tender.target().id(), random))
                        .toList();
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.CLAIM,
                tender.inputs(),
                Optional.empty(),
                tender.target().id(),
                tender.unit(),
                tender.feeSteps(),
                outputs);
    }

    /// A token that was claimed.
    private final class TokenCharge implements Charge {

        private final Payment payment;
        private final Msat costMax;
        private final FutureTask<Void> booking;

        private TokenCharge(Payment payment, Msat costMax, FutureTask<Void> booking) {
            this.payment = payment;
            this.costMax = costMax;
            this.booking = booking;
        }

        /// Waits until it is written down that the proofs are ours.
        private void awaitBooking() {
            try {
                booking.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a claim is written down", e);
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNull(e.getCause());
                if (cause instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(cause);
            }
        }

        @Override
        public String id() {
            return payment.id();
        }

        @Override
        public Msat held() {
            return payment.paid().min(costMax); // what the coins can make change for
        }

        @Override
        public Receipt settle(Service service) {
            steps.reached(PayStep.SETTLING);
            try {
                awaitBooking();
                PaymentStore.Closed closed = payments.settle(payment, service);
                steps.reached(PayStep.SETTLED);
                return changes.deliver(closed);
            } finally {
                abandon();
            }
        }

        @Override
        public Receipt refund() {
            try {
                awaitBooking();
                return changes.deliver(payments.refund(payment));
            } finally {
                abandon();
            }
        }

        @Override
        public void abandon() {
            if (booking.isDone()) {
                live.remove(payment.id());
            } else {
                beside.execute(this::abandonLater);
            }
        }

        private void abandonLater() {
            try {
                awaitBooking();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "payment " + payment.id() + " was let go of", e);
            } finally {
                live.remove(payment.id());
            }
        }
    }

    /// The payments that threads of this process are at work on.
    List<String> live() {
        return List.copyOf(live);
    }

    /// Whether a thread of this process is at work on a payment.
    boolean isLive(String paymentId) {
        return live.contains(paymentId);
    }

    private static ApiError refusal(int code) {
        if (code == PROOFS_SPENT) {
            return ApiError.of(
                    ErrorCode.TOKEN_SPENT,
                    "The token was spent before; use fresh ecash.",
                    "X-Cashu");
        }
        String why =
                switch (code) {
                    case PROOF_INVALID -> "a proof in it is forged or was cut; use fresh ecash";
                    case PROOFS_PENDING -> "it is just being spent elsewhere";
                    case CONDITION_UNMET ->
                            "it is locked (P2PK or HTLC); receive it into your wallet and send"
                                    + " fresh ecash";
                    default -> "ask the mint what that means";
                };
        return ApiError.of(
                ErrorCode.INVALID_CASHU_TOKEN,
                "The mint refuses the token (code %d): %s. Nothing was claimed."
                        .formatted(code, why),
                "X-Cashu");
    }

    private static ApiError floatEmpty() {
        return ApiError.of(
                ErrorCode.FLOAT_EMPTY,
                "There are no small coins for exact change at the moment; nothing was claimed."
                        + " Pay in msat, or try again in a few seconds.");
    }

    private static ApiError pending() {
        return ApiError.of(
                ErrorCode.PAYMENT_PENDING,
                "The mint did not answer in time. If it took the token you get all of it back:"
                        + " POST /v1/cashu/change with the token in X-Cashu.");
    }
}
