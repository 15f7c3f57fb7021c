package me.owlrun.gateway.lnurl;

import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.money.Msat;

import java.net.URI;
import java.time.InstantSource;

/// Gets invoices for Lightning addresses. Thread-safe.
public final class LnurlPay {

    private final PublicHttp http;
    private final Network network;
    private final DescriptionHash policy;
    private final InstantSource clock;

    /// @param http reaches the servers
    /// @param network whose invoices are taken
    /// @param policy what is asked of the description hash
    public LnurlPay(PublicHttp http, Network network, DescriptionHash policy, InstantSource clock) {
        this.http = http;
        this.network = network;
        this.policy = policy;
        this.clock = clock;
    }

    /// Asks what an address takes.
    public Lookup<PayTerms> terms(LightningAddress address) {
        return new Lookup.Refused<>(Refusal.FORM, "not yet: " + (http == null) + address);
    }

    /// Asks for an invoice and checks it.
    ///
    /// @param amount whole sats
    /// @param comment what the payee reads with the money, where the server takes comments
    public Lookup<PayInvoice> invoice(PayTerms terms, Msat amount, String comment) {
        return new Lookup.Refused<>(
                Refusal.FORM, "not yet: " + network + policy + clock + terms + amount + comment);
    }

    /// Asks the payee's server once whether an invoice was paid (LUD-21).
    public Lookup<Settlement> verify(URI verify) {
        return new Lookup.Refused<>(Refusal.FORM, "not yet: " + verify);
    }
}
