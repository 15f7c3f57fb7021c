package me.owlrun.gateway.payout;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.account.Gate;
import me.owlrun.gateway.http.Problem;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.lnurl.LnurlPay;
import me.owlrun.gateway.vault.ConsolidateStore;
import me.owlrun.gateway.vault.Consolidator;
import me.owlrun.gateway.vault.Melter;
import me.owlrun.gateway.vault.SpentCheck;
import me.owlrun.gateway.vault.VaultParts;

import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// The parts of this package put together.
public final class Payouts {

    private static final String MIGRATION = "V021__payouts.sql";
    private static final int OPEN_MAX = 1_000;

    private final PayoutListStore payouts;
    private final PayeeStore payees;
    private final PauseStore pauses;
    private final PayoutKeeper keeper;
    private final TokenWatch tokens;
    private final Consolidator consolidator;
    private final WithdrawRoutes routes;

    /// What payouts are made of.
    ///
    /// @param mintPublic the mint's address in tokens
    /// @param escrow what accounts cannot take out yet
    /// @param stopped why others want no payouts, if they do
    /// @param stop ends background work
    public record Parts(
            Database database,
            LedgerStore ledger,
            VaultParts vault,
            String mintPublic,
            PayoutRules rules,
            EscrowRows escrow,
            SecureRandom random,
            InstantSource clock,
            Supplier<Optional<String>> stopped,
            StopSignal stop) {}

    private Payouts(Parts parts, Invoices invoices, Gate gate) {
        Database database = parts.database;
        InstantSource clock = parts.clock;
        payouts = new PayoutListStore(database, parts.ledger, parts.escrow, clock);
        payees = new PayeeStore(database, parts.rules, parts.escrow, clock);
        pauses = new PauseStore(database, clock, parts.rules.unknownMax(), parts.stopped);
        VaultParts vault = parts.vault;
        PayoutStore store =
                new PayoutStore(
                        database,
                        parts.ledger,
                        payees,
                        parts.rules,
                        parts.escrow,
                        clock,
                        vault.bootId(),
                        parts.mintPublic);
        MintDesk mint =
                new MintDesk(
                        new Melter(vault.client(), vault.keysets()),
                        vault.runner(),
                        vault.keysets(),
                        parts.random,
                        parts.rules.proofRequired());
        PayoutRunner runner = new PayoutRunner(store, mint, clock);
        consolidator =
                new Consolidator(
                        new ConsolidateStore(database, parts.ledger, clock, vault.bootId()),
                        vault,
                        parts.random,
                        parts.stop);
        VaultAid aid = new VaultAid(vault.exchanger(), consolidator);
        Withdrawals withdrawals = new Withdrawals(store, runner, mint, aid, clock);
        keeper =
                new PayoutKeeper(
                        store,
                        payees,
                        pauses,
                        runner,
                        withdrawals,
                        invoices,
                        parts.rules,
                        parts.random,
                        clock,
                        parts.stop);
        tokens = new TokenWatch(payouts, new SpentCheck(vault.client()), clock, parts.stop);
        Counter counter = new Counter(withdrawals, runner, payouts, pauses, invoices, parts.stop);
        routes = new WithdrawRoutes(counter, payouts, gate, tokens);
    }

    /// Payouts that get invoices by LNURL-pay.
    ///
    /// @param gate knows who may take money out
    public static Payouts of(Parts parts, LnurlPay lnurl, Gate gate) {
        return new Payouts(parts, new LnurlInvoices(lnurl), gate);
    }

    /// The migration that makes the tables; it follows those of payments, nodes and accounts.
    public static Migration migration() {
        InputStream sql = Payouts.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// What has to run until the gateway stops, each on a thread of its own.
    public List<Runnable> backgroundWork() {
        return List.of(keeper, tokens, consolidator);
    }

    /// The endpoints of withdrawals.
    public WithdrawRoutes routes() {
        return routes;
    }

    /// A payout that arrived over Lightning, as nodes are told.
    public record Row(long amountSats, String paymentHash, Instant time) {}

    /// The last Lightning payouts of an account, the newest first.
    public List<Row> history(long accountId, int countMax) {
        return payouts.history(accountId, countMax).stream()
                .map(payout ->
                        new Row(
                                payout.amount().floorSat(),
                                payout.paymentHash().orElse(""),
                                payout.closedAt().orElse(payout.createdAt())))
                .toList();
    }

    /// What the owner of an account should know about its Lightning address.
    public Optional<String> notice(long accountId) {
        return payees.notice(accountId);
    }

    /// A payout whose end is not known yet.
    ///
    /// @param evidence what was seen last
    public record Open(
            String id,
            long accountId,
            String method,
            String state,
            long amountMsats,
            Instant since,
            Instant nextLookAt,
            String evidence) {}

    /// Every payout that is under way, the oldest first.
    public List<Open> open() {
        return payouts.open(OPEN_MAX).stream()
                .map(payout ->
                        new Open(
                                payout.id(),
                                payout.accountId(),
                                payout.method().name().toLowerCase(Locale.ROOT),
                                payout.state().name().toLowerCase(Locale.ROOT),
                                payout.amount().value(),
                                payout.createdAt(),
                                payout.nextLookAt(),
                                payout.evidence()))
                .toList();
    }

    /// Lets an open payout be looked at now; false when there is no such one.
    public boolean retryNow(String id) {
        return payouts.retryNow(id);
    }

    /// Sends no new Lightning payouts until the operator resumes.
    public void pause(String reason) {
        pauses.pause(PauseStore.Kind.OPERATOR, reason, Optional.empty());
    }

    /// Sends no new Lightning payouts until an audit finds nothing.
    public void pauseForAudit(String reason) {
        pauses.pause(PauseStore.Kind.AUDIT, reason, Optional.empty());
    }

    /// Ends the pause of an audit.
    public void resumeAfterAudit() {
        pauses.resume(PauseStore.Kind.AUDIT);
    }

    /// Ends the operator's pause and the breaker's.
    public void resume() {
        pauses.resume(PauseStore.Kind.OPERATOR);
        pauses.resume(PauseStore.Kind.BREAKER);
    }

    /// Why no new payouts are sent, if none are.
    public Optional<String> paused() {
        return pauses.reason();
    }

    /// What the operator should look at.
    public List<Problem> problems() {
        return pauses.ownReason().stream()
                .map(reason ->
                        new Problem(
                                "payouts_paused",
                                "No payouts are sent: " + reason,
                                "Money stays in the accounts. See 'admin stuck' for what is open;"
                                        + " after a failure of mint or vault they go on by"
                                        + " themselves."))
                .toList();
    }
}
