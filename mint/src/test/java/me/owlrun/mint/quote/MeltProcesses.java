package me.owlrun.mint.quote;

import me.owlrun.bolt11.Invoice;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.Mint;
import me.owlrun.mint.keys.IdVersion;
import me.owlrun.mint.keys.KeysetStore;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.keys.SeedFile;
import me.owlrun.mint.keys.SeedSigner;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.Journal;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.RequestHash;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The melting halves of any number of mint processes on one database, without HTTP, on a virtual
/// clock. The inputs are not this mint's coins: checking them comes before what is tested here.
final class MeltProcesses implements AutoCloseable {

    /// What is issued beforehand, so that redeemed stays below issued.
    static final long ISSUED = 1_000_000;

    static final long INPUT = 128;
    static final long AMOUNT = 100;
    static final long FEE_RESERVE = 5;
    static final Duration LEASE = Duration.ofSeconds(60);
    static final Duration CONFIRM = Duration.ofSeconds(5);

    static final MeltRules RULES =
            new MeltRules(
                    Duration.ofHours(1),
                    1,
                    Msat.ZERO,
                    Duration.ofSeconds(45),
                    LEASE,
                    CONFIRM,
                    Duration.ofSeconds(1),
                    4);

    final TestMint place = TestMint.fresh();
    final TestClock clock;
    final Database database;
    private final Journal journal;

    private final SecureRandom random = new SecureRandom();
    private final Ids ids;
    private final Signer signer;
    private final Keysets keysets;
    private final LedgerStore ledger;

    MeltProcesses(TestClock clock) {
        this.clock = clock;
        this.ids = new Ids(clock, random);
        try (Mint mint = place.start(clock, "--fake.pay_delay=0")) {
            if (new TestWallet(mint.url(), CurrencyUnit.SAT).mint(ISSUED).isEmpty()) {
                throw new AssertionError("nothing was issued");
            }
        }
        this.database = Database.open(place.url(), LocalPostgres.USER, new Secret(""), 4);
        this.journal = Journal.start(database, MintQuoteStore::charge, Steps.UNWATCHED);
        this.signer = new SeedSigner(SeedFile.read(place.seedFile()));
        this.keysets =
                Keysets.open(
                        new KeysetStore(database),
                        signer,
                        new Keysets.Plan(0, IdVersion.V2),
                        clock);
        this.ledger = new LedgerStore(database);
    }

    /// One more process.
    Payments process(Lightning lightning, Payers payers, Steps steps) {
        AmountLimits limits = new AmountLimits(Msat.ofSat(ISSUED), Msat.ofSat(ISSUED));
        TransferRules transfers = new TransferRules(keysets, signer, clock);
        Minting minting =
                new Minting(
                        new MintQuoteStore(database, journal),
                        lightning,
                        ids,
                        clock,
                        limits,
                        Duration.ofHours(1),
                        steps);
        Melts.Parts parts =
                new Melts.Parts(
                        database, lightning, minting, ledger, transfers, keysets, signer, ids,
                        clock, limits, steps);
        return Melts.payments(parts, RULES, payers);
    }

    /// What an operator of them sees.
    MeltControl control() {
        return new MeltControl(new LeaseStore(database), new MeltBreakerStore(database), clock);
    }

    /// A quote of 100 sat and a reserve of 5.
    MeltQuote quote(Invoice invoice) {
        MeltQuote quote =
                new MeltQuote(
                        ids.next(),
                        CurrencyUnit.SAT,
                        AMOUNT,
                        FEE_RESERVE,
                        invoice.text(),
                        invoice.paymentHash(),
                        Optional.empty(),
                        new MeltQuote.Unpaid(),
                        clock.instant().plus(RULES.quoteExpiry()));
        new MeltQuoteStore(database).insert(quote, clock.instant());
        return quote;
    }

    /// Takes a quote up with fresh inputs of 128 sat and enough blanks.
    Optional<ErrorCode> start(Payments process, MeltQuote quote, boolean waits) {
        KeysetId keyset = keysets.active(CurrencyUnit.SAT).id();
        Point any = signer.identity();
        String secret = UUID.randomUUID().toString();
        List<Proof> inputs =
                List.of(new Proof(INPUT, keyset, secret, any, Optional.empty(), Optional.empty()));
        var blanks =
                Collections.nCopies(5, 1L).stream()
                        .map(one -> OutputData.random(one, keyset, random).blindedMessage())
                        .toList();
        RequestHash hash = RequestHash.ofMelt(quote.id(), inputs, blanks);
        MeltAttempt attempt =
                new MeltAttempt(
                        ids.next(),
                        quote.id(),
                        hash,
                        INPUT,
                        0,
                        ids.next(),
                        0,
                        MeltAttempt.Evidence.fresh(clock.instant()));
        return process.start(quote, attempt, inputs, blanks, waits);
    }

    @Override
    public void close() {
        journal.close();
        database.close();
    }
}
