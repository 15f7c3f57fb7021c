package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.ChildJvm;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Where faults happen: a mint, a line to it, a database and a gateway, in this process or in one
/// that can be killed; and the money of the buyers.
final class FaultPlace implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final TestMint mintPlace = TestMint.fresh();
    private final Mint mint = mintPlace.start();
    private final FaultLine line;
    private final FaultPurse purse = new FaultPurse(mint.url());
    private final String databaseUrl;
    private final Database database;
    private final Database mintDatabase;
    private final List<Gateway> here = new ArrayList<>();
    private Optional<ChildJvm> child = Optional.empty();
    private volatile String url = "";
    private volatile String childPid = "";

    /// @param postgres where the gateway's database lies; the mint has another
    FaultPlace(LocalPostgres postgres, long seed) {
        this.line = new FaultLine(mint.port(), seed);
        this.databaseUrl = postgres.url(TestPostgres.freshName());
        this.database = Database.open(databaseUrl, LocalPostgres.USER, new Secret(""), 2);
        this.mintDatabase = Database.open(mintPlace.url(), LocalPostgres.USER, new Secret(""), 2);
    }

    FaultLine line() {
        return line;
    }

    FaultPurse purse() {
        return purse;
    }

    /// Buyers who pay by tokens, of both units.
    FaultPayers tokens() {
        return (_, random) -> {
            CurrencyUnit unit = random.nextBoolean() ? CurrencyUnit.SAT : CurrencyUnit.MSAT;
            return new FaultTokenRound(purse, this::url, unit);
        };
    }

    /// The same with blanks for their change.
    FaultPayers tokensWithBlanks() {
        return (_, random) -> {
            CurrencyUnit unit = random.nextBoolean() ? CurrencyUnit.SAT : CurrencyUnit.MSAT;
            List<TestBlanks> blanks = purse.blanks(unit, random.nextBoolean());
            return new FaultTokenRound(purse, this::url, unit, blanks);
        };
    }

    /// Where the gateway is now.
    String url() {
        return url;
    }

    private List<String> flags(String... more) {
        List<String> flags =
                new ArrayList<>(
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--database.url=" + databaseUrl,
                                "--database.user=" + LocalPostgres.USER,
                                "--mint.url=" + line.url(),
                                "--mint.public_url=" + mint.url(),
                                "--register.per_hour=100000",
                                "--signup.per_hour=100000",
                                "--topup.unpaid=100",
                                "--job.accept=1000",
                                "--job.first_byte=1200",
                                "--job.silence=1200",
                                "--job.nodes=1",
                                "--breaker.failures=1000000",
                                "--breaker.refused=0",
                                "--trust.drops_per_hour=0",
                                "--trust.points.too_fast=0",
                                "--house.every=0",
                                "--mint.timeout=60000",
                                "--float.kits=60",
                                "--drain=1"));
        for (String flag : more) {
            flags.removeIf(one -> one.startsWith(flag.substring(0, flag.indexOf('=') + 1)));
            flags.add(flag);
        }
        return flags;
    }

    private Settings settings() {
        return GatewaySettings.read(Map.of(), flags());
    }

    /// Starts a gateway in this process.
    void startHere() {
        startHere("a");
    }

    /// Starts a gateway in this process, beside others on the same database.
    ///
    /// @param more settings
    void startHere(String instance, String... more) {
        List<String> flags = flags(more);
        flags.add("--instance=" + instance);
        Gateway started = Gateway.start(GatewaySettings.read(Map.of(), flags), Clock.systemUTC());
        here.add(started);
        url = started.url();
        awaitHealth();
    }

    /// Starts a gateway in a process of its own.
    ///
    /// @param step where payments are held, or `none`
    void startChild(ChildImage image, String step, String... more) {
        List<String> arguments = new ArrayList<>(List.of(step));
        arguments.addAll(flags(more));
        ChildJvm started = ChildJvm.start(image, CrashingGateway.class, arguments);
        child = Optional.of(started);
        childPid = awaitLine("pid ");
        url = awaitLine("ready ");
        awaitHealth();
    }

    /// The rest of the next line of the child that begins so.
    String awaitLine(String start) {
        ChildJvm process = child.orElseThrow();
        while (true) {
            String line =
                    process.nextLine(START_MAX)
                            .orElseThrow(
                                    () -> new AssertionError("no " + start + "\n" + process.log()));
            if (line.startsWith(start)) {
                return line.substring(start.length());
            }
        }
    }

    /// Kills the gateway's process.
    void kill() {
        child.orElseThrow().kill();
    }

    /// Sends the gateway's process a signal, such as `STOP`.
    void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, childPid).start().waitFor();
            assertEquals(0, status, "kill -" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Stops the gateway's process in good order: its jobs end first.
    void endChild() {
        child.ifPresent(ChildJvm::close);
        child = Optional.empty();
    }

    private void awaitHealth() {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!health().contains("\"status\":\"ok\"")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not healthy in " + START_MAX + ": " + health());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    private String health() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(url + "/healthz")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The one number that a query gives.
    long number(String sql) {
        return number(database, sql);
    }

    /// What the operator put in becomes an account's.
    void give(long accountId, Msat amount) {
        LedgerStore ledger = new LedgerStore(Clock.systemUTC());
        Transfer gift =
                Transfer.moving()
                        .take(Account.OPERATOR_EQUITY, amount)
                        .give(Account.sats(accountId), amount)
                        .of("gift", Long.toString(System.nanoTime()));
        database.inTransaction(connection -> ledger.post(connection, gift));
    }

    /// How often the mint's node has paid for a payment hash.
    long timesPaid(String paymentHash) {
        return number(
                mintDatabase,
                "SELECT count(*) FROM fake_payment WHERE payment_hash = '%s'".formatted(paymentHash)
                        + " AND pay_state <> 'FAILED' AND check_state <> 'FAILED'");
    }

    /// Fresh accounts with the same balance each.
    List<FaultAccount> accounts(int count, Msat balance) {
        List<FaultAccount> accounts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FaultAccount account = FaultAccount.open(this::url);
            if (balance.isPositive()) {
                give(account.id(), balance);
            }
            accounts.add(account);
        }
        return accounts;
    }

    private static long number(Database database, String sql) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(sql);
                    ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /// Nothing is lost, the audit is clean, and the mint owes just what buyers and gateway hold.
    void reckon(FaultTally tally) {
        System.out.println(tally.row());
        assertEquals(0, tally.lossMsat(), tally.row());
        assertTrue(tally.rounds() > 0, tally.row());
        assertEquals(List.of(), Audit.run(settings()), tally.row());
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            String vault =
                    "SELECT coalesce(sum(amount), 0) FROM vault_proof"
                            + " WHERE state IN ('held', 'spending') AND unit = '%s'"
                                    .formatted(unit.text());
            Waiting.until(
                    "%s: the mint owes what buyers and gateway hold of %s"
                            .formatted(tally.row(), unit),
                    () -> purse.outstanding(unit) == purse.held(unit) + number(vault));
        }
    }

    @Override
    public void close() {
        here.forEach(Gateway::close);
        endChild();
        database.close();
        mintDatabase.close();
        line.close();
        mint.close();
    }
}
