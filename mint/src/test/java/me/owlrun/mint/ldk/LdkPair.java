package me.owlrun.mint.ldk;

import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.Scalar;
import me.owlrun.money.Msat;

import org.ldk.structs.BestBlock;
import org.ldk.structs.ChannelDetails;
import org.ldk.structs.Invoice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Two real Lightning nodes on 127.0.0.1: ours, and one that stands for the world. They share a
/// channel of [#CHANNEL_SAT] of which each owns half. Blocks come only when the test mines them.
/// One payment may carry a tenth of the channel, as may all payments that hang together. A third
/// node behind the world costs a fee to pay; it is started by the first invoice of it. Not for use
/// by several threads at once.
public final class LdkPair implements AutoCloseable {

    /// What the channel holds.
    public static final long CHANNEL_SAT = 10_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BLOCKS_FIRST = 10;
    private static final int BLOCKS_TO_CONFIRM = 6;
    private static final long MILLION = 1_000_000;
    private static final int PORT_TRIES = 5;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final ReentrantLock LOCK = new ReentrantLock();

    private static List<LdkPair> started = List.of();

    private final Clock clock;
    private final HandMadeChain chain;
    private final LdkNode ours;
    private final LdkNode world;
    private final InetSocketAddress worldAddress;
    private Optional<LdkNode> far = Optional.empty();

    private LdkPair(Clock clock) {
        this.clock = clock;
        this.chain = new HandMadeChain(BestBlock.from_genesis(LdkNode.NETWORK).block_hash(), clock);
        this.ours = new LdkNode("ours", chain, clock);
        this.world = new LdkNode("world", chain, clock);
        this.worldAddress = listen(world);
    }

    /// The pair that all tests of a run share, started when first asked for and never closed: it
    /// has nothing that outlives the process. Whoever breaks its connection mends it.
    public static LdkPair shared() {
        LOCK.lock();
        try {
            if (started.isEmpty()) {
                started = List.of(start());
            }
            return started.getFirst();
        } finally {
            LOCK.unlock();
        }
    }

    /// Starts both nodes and opens the channel; a second or two.
    public static LdkPair start() {
        LdkLibrary.require();
        LdkPair pair = new LdkPair(Clock.systemUTC());
        try {
            pair.openChannel();
            return pair;
        } catch (RuntimeException | Error e) {
            pair.close();
            throw e;
        }
    }

    private void openChannel() {
        chain.mine(BLOCKS_FIRST);
        ours.connect(world.id(), worldAddress);
        openChannel(ours, world, Msat.ofSat(CHANNEL_SAT / 2));
        awaitUsable();
    }

    private void openChannel(LdkNode from, LdkNode to, Msat push) {
        int before = to.usableChannels();
        await(from, "a connection", () -> from.connectedTo(to.id()));
        await(to, "a connection", () -> to.connectedTo(from.id()));
        from.openChannel(to.id(), CHANNEL_SAT, push);
        await(from, "the funding", () -> from.broadcastFunding().isPresent());
        chain.mine(from.broadcastFunding().orElseThrow());
        mine(BLOCKS_TO_CONFIRM);
        await(to, "the channel", () -> to.usableChannels() > before);
    }

    /// The node behind the world, started and given a channel when first asked for.
    private LdkNode far() {
        if (far.isEmpty()) {
            LdkNode node = new LdkNode("far", chain, clock);
            far = Optional.of(node);
            mine(1);
            node.connect(world.id(), worldAddress);
            openChannel(world, node, Msat.ZERO);
            await(node, "the forwarding fee", node::knowsForwardingFee);
        }
        return far.orElseThrow();
    }

    private static InetSocketAddress listen(LdkNode node) {
        InetAddress here = InetAddress.getLoopbackAddress();
        try {
            for (int left = PORT_TRIES; ; left--) {
                InetSocketAddress address;
                try (ServerSocket free = new ServerSocket(0, 1, here)) {
                    address = new InetSocketAddress(here, free.getLocalPort());
                }
                try {
                    node.listen(address);
                    return address;
                } catch (BindException e) {
                    if (left == 0) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LdkNode ours() {
        return ours;
    }

    /// An invoice of the world's, written by LDK.
    public String worldInvoice(Msat amount, String description, Reception reception) {
        return world.invoiceMaker().byLdk(amount.value(), description, reception).terms().request();
    }

    /// An invoice of the world's whose payer chooses the amount.
    public String worldInvoiceWithoutAmount(String description, Reception reception) {
        return world.invoiceMaker().byLdk(0, description, reception).terms().request();
    }

    /// An invoice of a node behind the world, which asks a fee for forwarding: [#feeMsat].
    public String farInvoice(Msat amount, String description, Reception reception) {
        return far().invoiceMaker().byLdk(amount.value(), description, reception).terms().request();
    }

    /// What the world asks for forwarding.
    public static long feeMsat(Msat amount) {
        return LdkKit.FORWARDING_FEE_BASE_MSAT
                + amount.value() * LdkKit.FORWARDING_FEE_MILLIONTHS / MILLION;
    }

    /// An invoice of a node that nobody has a way to.
    public String unreachableInvoice(Msat amount, String description) {
        return stranger(amount, description, clock.instant());
    }

    /// An invoice that cannot be paid any more.
    public String expiredInvoice(Msat amount, String description) {
        return stranger(amount, description, clock.instant().minus(Duration.ofDays(1)));
    }

    private static String stranger(Msat amount, String description, Instant made) {
        return InvoiceWriter.write(
                new InvoiceWriter.Draft(
                        LdkNode.INVOICE_NETWORK,
                        amount,
                        PaymentHash.ofPreimage(LdkKit.bytes(RANDOM)),
                        HexFormat.of().formatHex(LdkKit.bytes(RANDOM)),
                        description,
                        made,
                        Duration.ofHours(1)),
                Scalar.random(RANDOM));
    }

    /// Waits until a payment hangs at an invoice with [Reception#HOLD].
    public void awaitHeld(PaymentHash hash) {
        LdkNode payee = payee(hash);
        await(
                payee,
                "a payment that hangs",
                () -> payee.invoices().is(OwnInvoice.State.ACCEPTED, hash));
    }

    /// The payee takes a payment that hangs.
    public void settle(PaymentHash hash) {
        awaitHeld(hash);
        payee(hash).claim(payee(hash).invoices().find(hash).orElseThrow());
    }

    /// The payee sends a payment that hangs back.
    public void failBack(PaymentHash hash) {
        awaitHeld(hash);
        payee(hash).failBack(payee(hash).invoices().find(hash).orElseThrow());
    }

    private LdkNode payee(PaymentHash hash) {
        return world.invoices().find(hash).isPresent() ? world : far();
    }

    /// How often the world and the node behind it were paid so far: what no test may find higher
    /// than it should be.
    public long worldPaidCount() {
        return world.invoices().counts().settled()
                + far.map(node -> node.invoices().counts().settled()).orElse(0L);
    }

    /// What our node would have if its channel closed now; payments that hang are not settled in
    /// it.
    public long balanceMsat() {
        return Arrays.stream(ours.kit().manager().list_channels())
                .mapToLong(ChannelDetails::get_balance_msat)
                .sum();
    }

    /// Waits until our node has this.
    public void awaitBalance(long msat) {
        await(
                ours,
                "a balance of " + msat + " msat, not " + balanceMsat(),
                () -> balanceMsat() == msat);
    }

    /// The world pays an invoice of ours.
    ///
    /// @return how it ended
    public SentPayment worldPays(String request) {
        Invoice invoice = LdkResults.parsed(request).orElseThrow();
        long amountMsat = LdkResults.number(invoice.amount_milli_satoshis()).orElseThrow();
        if (world.pay(invoice, amountMsat, 0).isPresent()) {
            throw new IllegalStateException("the world pays or paid that invoice already");
        }
        return world.payments()
                .awaitEnd(PaymentHash.of(invoice.payment_hash()), PATIENCE)
                .orElseThrow(() -> tooLate(world, "the payment's end"));
    }

    /// Adds empty blocks. A payment that hangs over more than its time lock closes the channel.
    public void mine(int blocks) {
        chain.mine(blocks);
    }

    /// Cuts the connection of the nodes: nothing can be paid until [#reconnect].
    public void disconnect() {
        ours.disconnect(world.id());
        await(ours, "no channel", () -> ours.usableChannels() == 0);
        await(world, "no channel to us", () -> world.usableChannels() == otherChannels());
    }

    /// Connects the nodes again; payments that hang go on.
    public void reconnect() {
        ours.connect(world.id(), worldAddress);
        awaitUsable();
    }

    private void awaitUsable() {
        await(ours, "a channel", () -> ours.usableChannels() > 0);
        await(world, "a channel to us", () -> world.usableChannels() > otherChannels());
    }

    private int otherChannels() {
        return far.isPresent() ? 1 : 0;
    }

    private static void await(LdkNode node, String what, BooleanSupplier so) {
        if (!node.changes().await(PATIENCE, so)) {
            throw tooLate(node, what);
        }
    }

    private static IllegalStateException tooLate(LdkNode node, String what) {
        return new IllegalStateException(
                "waited " + PATIENCE + " for " + what + "\n" + node.kit().lastLines());
    }

    /// Stops the threads and closes the sockets.
    @Override
    public void close() {
        ours.stop();
        world.stop();
        far.ifPresent(LdkNode::stop);
        chain.mine(1);
        ours.close();
        world.close();
        far.ifPresent(LdkNode::close);
    }
}
