package me.owlrun.mint.ldk;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.money.Msat;

import org.ldk.batteries.NioPeerHandler;
import org.ldk.enums.Network;
import org.ldk.structs.Event;
import org.ldk.structs.EventHandler;
import org.ldk.structs.EventsProvider;
import org.ldk.structs.Invoice;
import org.ldk.structs.Route;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// One real Lightning node: LDK's channel manager with a socket, and a thread that carries out what
/// LDK's events ask for. What LDK calls from under its own locks touches no lock of ours.
final class LdkNode implements AutoCloseable {

    static final Network NETWORK = Network.LDKNetwork_Bitcoin;
    static final String INVOICE_NETWORK = "bc";

    /// LDK wakes the thread when something happens; it counts this wait in seconds.
    private static final long EVENTS_WAIT_S = 1;

    private static final int CONNECT_MS = 5000;

    private final LdkKit kit;
    private final HandMadeChain chain;
    private final NioPeerHandler sockets;
    private final EventsProvider events;
    private final Changes changes = new Changes();
    private final InvoiceBook invoices;
    private final PaymentBook payments;
    private final LdkSender sender;
    private final InvoiceMaker invoiceMaker;
    private final AtomicReference<HandMadeChain.Transaction> funding = new AtomicReference<>();
    private final Thread driver;
    private volatile int usableChannels;
    private volatile boolean stopping;

    LdkNode(String name, HandMadeChain chain, Clock clock) {
        this.kit = LdkKit.make(NETWORK, clock);
        this.chain = chain;
        try {
            this.sockets = new NioPeerHandler(kit.peers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.events = kit.manager().as_EventsProvider();
        this.invoices = new InvoiceBook(changes, clock);
        this.payments = new PaymentBook(changes, clock);
        this.sender = new LdkSender(kit, payments);
        this.invoiceMaker = new InvoiceMaker(kit, invoices, clock);
        chain.addWatcher(kit.monitor().as_Confirm());
        chain.addWatcher(kit.manager().as_Confirm());
        this.driver = Thread.ofPlatform().daemon().name("ldk-" + name).start(this::drive);
    }

    byte[] id() {
        return kit.manager().get_our_node_id();
    }

    LdkKit kit() {
        return kit;
    }

    InvoiceBook invoices() {
        return invoices;
    }

    InvoiceMaker invoiceMaker() {
        return invoiceMaker;
    }

    PaymentBook payments() {
        return payments;
    }

    Changes changes() {
        return changes;
    }

    /// Channels whose other side is connected.
    int usableChannels() {
        return usableChannels;
    }

    int height() {
        return chain.height();
    }

    byte[] tip() {
        return chain.tip();
    }

    void listen(InetSocketAddress address) throws IOException {
        sockets.bind_listener(address);
    }

    void connect(byte[] nodeId, InetSocketAddress address) {
        try {
            sockets.connect(nodeId, address, CONNECT_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void disconnect(byte[] nodeId) {
        sockets.disconnect(nodeId);
        sockets.check_events();
    }

    boolean connectedTo(byte[] nodeId) {
        return Arrays.stream(kit.peers().get_peer_node_ids())
                .anyMatch(peer -> Arrays.equals(peer, nodeId));
    }

    /// Asks a connected node for a channel.
    void openChannel(byte[] nodeId, long amountSat, Msat push) {
        if (!kit.manager().create_channel(nodeId, amountSat, push.value(), 1, null).is_ok()) {
            throw new IllegalStateException("no channel\n" + kit.lastLines());
        }
        sockets.check_events();
    }

    /// The transaction that opens the channel, once the node wants the world to see it.
    Optional<HandMadeChain.Transaction> broadcastFunding() {
        return kit.broadcast().isEmpty() ? Optional.empty() : Optional.ofNullable(funding.get());
    }

    /// Whether the other side of a channel said what it asks for forwarding.
    boolean knowsForwardingFee() {
        return Arrays.stream(kit.manager().list_channels())
                .anyMatch(channel -> channel.get_counterparty().get_forwarding_info() != null);
    }

    /// Starts to pay, unless the hash is in flight or paid.
    ///
    /// @return the payment that stands in its way
    Optional<SentPayment> pay(Invoice invoice, long amountMsat, long feeLimitMsat) {
        Optional<SentPayment> before = sender.send(invoice, amountMsat, feeLimitMsat);
        sockets.check_events();
        return before;
    }

    /// The way that a payment would take now.
    Optional<Route> route(Invoice invoice, long amountMsat) {
        return sender.route(invoice, amountMsat);
    }

    /// Takes the money of a payment that hangs.
    void claim(OwnInvoice invoice) {
        if (!kit.manager().claim_funds(invoice.terms().preimage())) {
            throw new IllegalStateException("nothing to claim\n" + kit.lastLines());
        }
        invoices.settled(invoice.terms().hash());
        sockets.check_events();
    }

    /// Sends a payment that hangs back.
    void failBack(OwnInvoice invoice) {
        if (!kit.manager().fail_htlc_backwards(invoice.terms().hash().bytes())) {
            throw new IllegalStateException("nothing to send back\n" + kit.lastLines());
        }
        invoices.sentBack(invoice.terms().hash());
        sockets.check_events();
    }

    private void drive() {
        List<Event> batch = new ArrayList<>();
        EventHandler collector = EventHandler.new_impl(batch::add);
        while (!stopping) {
            kit.manager().await_persistable_update_timeout(EVENTS_WAIT_S);
            events.process_pending_events(collector);
            batch.forEach(this::handle);
            if (!batch.isEmpty()) {
                batch.clear();
                sockets.check_events();
            }
            usableChannels = kit.manager().list_usable_channels().length;
            changes.wake();
        }
    }

    private void handle(Event event) {
        switch (event) {
            case Event.PendingHTLCsForwardable _ -> kit.manager().process_pending_htlc_forwards();
            case Event.FundingGenerationReady ready -> fund(ready);
            case Event.PaymentReceived arrived -> receive(arrived);
            case Event.PaymentSent sent ->
                    payments.succeeded(
                            PaymentHash.of(sent.payment_hash),
                            HexFormat.of().formatHex(sent.payment_preimage),
                            LdkResults.number(sent.fee_paid_msat).orElse(0));
            case Event.PaymentPathFailed failed -> sender.pathFailed(failed);
            case Event.PaymentFailed failed -> payments.failed(PaymentHash.of(failed.payment_hash));
            default -> {
                // Successful paths and closed channels need nothing done.
            }
        }
    }

    private void fund(Event.FundingGenerationReady ready) {
        HandMadeChain.Transaction transaction =
                chain.pay(ready.channel_value_satoshis, ready.output_script);
        funding.set(transaction);
        if (!kit.manager()
                .funding_transaction_generated(ready.temporary_channel_id, transaction.bytes())
                .is_ok()) {
            throw new IllegalStateException("funding refused\n" + kit.lastLines());
        }
    }

    private void receive(Event.PaymentReceived arrived) {
        OwnInvoice invoice =
                invoices.accepted(PaymentHash.of(arrived.payment_hash), arrived.amt).orElseThrow();
        switch (invoice.reception()) {
            case CLAIM -> claim(invoice);
            case REFUSE -> failBack(invoice);
            case HOLD -> {
                // The test decides.
            }
        }
    }

    /// Makes the thread end at its next event.
    void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        stop();
        try {
            driver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sockets.interrupt();
        changes.wake();
    }
}
