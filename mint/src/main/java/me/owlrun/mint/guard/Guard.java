package me.owlrun.mint.guard;

import me.owlrun.limit.Buckets;
import me.owlrun.limit.ClientAddress;
import me.owlrun.limit.Networks;
import me.owlrun.limit.ProxyHeader;
import me.owlrun.mint.http.Admission;
import me.owlrun.mint.http.RequestScope;
import me.owlrun.mint.http.Route;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Changed;
import me.owlrun.operate.Pauses;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/// Decides which requests are served: first what the operator paused, then the limits of the
/// client's address.
public final class Guard implements Admission {

    private static final Duration UNPAID_RETRY = Duration.ofSeconds(60);

    private final Rules rules;
    private final Pauses<Pausable> pauses;
    private final InstantSource clock;
    private final ClientAddress clients;
    private final Buckets quotes;
    private final Buckets transfers;
    private final Buckets others;
    private final UnpaidQuotes unpaid;

    /// The limits; 0 means none.
    ///
    /// @param exempt clients without limits
    /// @param trustedProxies whose word on the client's address counts
    /// @param header where they give it
    /// @param quotesPerMinute new quotes of one client
    /// @param transfersPerMinute swaps, mints and melts of one client
    /// @param othersPerMinute all other requests of one client
    /// @param unpaidQuotes invoices that one client may have open
    public record Rules(
            Networks exempt,
            Networks trustedProxies,
            ProxyHeader header,
            long quotesPerMinute,
            long transfersPerMinute,
            long othersPerMinute,
            long unpaidQuotes) {}

    /// @param unpaid whether a mint quote is still unpaid, from the database
    public Guard(
            Rules rules, Pauses<Pausable> pauses, InstantSource clock, Predicate<UUID> unpaid) {
        this.rules = rules;
        this.pauses = pauses;
        this.clock = clock;
        this.clients = new ClientAddress(rules.trustedProxies(), rules.header());
        this.quotes = new Buckets(rules.quotesPerMinute());
        this.transfers = new Buckets(rules.transfersPerMinute());
        this.others = new Buckets(rules.othersPerMinute());
        this.unpaid = new UnpaidQuotes(rules.unpaidQuotes(), unpaid);
    }

    @Override
    public Verdict admit(Caller caller, Route route) {
        Optional<Pausable> paused = pausable(route).filter(pauses::isPaused);
        if (paused.isPresent()) {
            return new Refused(ErrorCode.DISABLED, ErrorCode.DISABLED.detail());
        }
        InetAddress address = clients.of(caller.peer(), caller.header());
        String client = ClientAddress.key(address);
        if (route == Route.HEALTH || rules.exempt().contain(address)) {
            return new Admitted("");
        }
        Instant now = clock.instant();
        Duration wait = buckets(route).take(client, now);
        if (!wait.isZero()) {
            return new Later("Too many requests from this address; try again later.", wait);
        }
        if (route == Route.MINT_QUOTE && !unpaid.mayOpen(client, now)) {
            return new Later(
                    "This address has too many unpaid quotes; pay them or wait.", UNPAID_RETRY);
        }
        return new Admitted(client);
    }

    /// Takes one of the tokens for requests that are neither quotes nor transfers, for a message on
    /// a connection that stays open.
    ///
    /// @return false when the client has to slow down
    public boolean admitMessage(Caller caller) {
        InetAddress address = clients.of(caller.peer(), caller.header());
        return rules.exempt().contain(address)
                || others.take(ClientAddress.key(address), clock.instant()).isZero();
    }

    /// Takes note of new quotes of the client that is being served.
    public void changed(Changed change) {
        if (change instanceof Changed.MintQuoteMade(UUID id, Instant expiresAt)) {
            RequestScope.client()
                    .filter(client -> !client.isEmpty())
                    .ifPresent(client -> unpaid.made(client, id, expiresAt));
        }
    }

    private Buckets buckets(Route route) {
        return switch (route) {
            case MINT_QUOTE, MELT_QUOTE -> quotes;
            case SWAP, MINT, MELT -> transfers;
            default -> others;
        };
    }

    private static Optional<Pausable> pausable(Route route) {
        return switch (route) {
            case MINT_QUOTE, MINT -> Optional.of(Pausable.MINT);
            case MELT_QUOTE, MELT -> Optional.of(Pausable.MELT);
            case SWAP -> Optional.of(Pausable.SWAP);
            default -> Optional.empty();
        };
    }
}
