package me.owlrun.mint.ldk;

import org.ldk.enums.Level;
import org.ldk.enums.Network;
import org.ldk.structs.BestBlock;
import org.ldk.structs.BroadcasterInterface;
import org.ldk.structs.ChainMonitor;
import org.ldk.structs.ChainParameters;
import org.ldk.structs.ChannelConfig;
import org.ldk.structs.ChannelHandshakeConfig;
import org.ldk.structs.ChannelManager;
import org.ldk.structs.ChannelMonitor;
import org.ldk.structs.ChannelMonitorUpdate;
import org.ldk.structs.FeeEstimator;
import org.ldk.structs.IgnoringMessageHandler;
import org.ldk.structs.KeysManager;
import org.ldk.structs.Logger;
import org.ldk.structs.MonitorUpdateId;
import org.ldk.structs.Option_FilterZ;
import org.ldk.structs.OutPoint;
import org.ldk.structs.PeerManager;
import org.ldk.structs.Persist;
import org.ldk.structs.Result_NoneChannelMonitorUpdateErrZ;
import org.ldk.structs.UserConfig;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/// The parts LDK makes a node of, put together for a test: nothing is kept on disk, every
/// transaction goes to nobody, fees are the least there are.
///
/// @param broadcast the transactions that the node wanted the world to see
/// @param log the last lines of the node's log
/// @param kept what the native side uses and the garbage collector must not take
record LdkKit(
        KeysManager keys,
        Logger logger,
        ChainMonitor monitor,
        ChannelManager manager,
        PeerManager peers,
        Deque<byte[]> broadcast,
        Deque<String> log,
        List<Object> kept) {

    /// What a node asks for forwarding a payment: this, and a thousandth of the amount.
    static final int FORWARDING_FEE_BASE_MSAT = 1000;

    static final int FORWARDING_FEE_MILLIONTHS = 1000;
    private static final int SEED_BYTES = 32;
    private static final int LOG_LINES_MAX = 200;
    private static final int LEAST_FEE_SAT_PER_1000_WEIGHT = 253;
    private static final int CONFIRMATIONS = 1;

    /// Payments too small for the chain may sum up to this; LDK's 5,000 sat are little for tests.
    private static final long DUST_MSAT_MAX = 1_000_000_000;

    static LdkKit make(Network network, Clock clock) {
        SecureRandom random = new SecureRandom();
        Deque<byte[]> broadcast = new ConcurrentLinkedDeque<>();
        Deque<String> log = new ConcurrentLinkedDeque<>();
        Logger logger =
                Logger.new_impl(line -> {
                    if (line.get_level().compareTo(Level.LDKLevel_Debug) >= 0) {
                        log.add(line.get_level() + " " + line.get_args());
                        if (log.size() > LOG_LINES_MAX) {
                            log.poll();
                        }
                    }
                });
        FeeEstimator fees = FeeEstimator.new_impl(target -> LEAST_FEE_SAT_PER_1000_WEIGHT);
        BroadcasterInterface broadcaster = BroadcasterInterface.new_impl(broadcast::add);
        Instant now = clock.instant();
        KeysManager keys = KeysManager.of(bytes(random), now.getEpochSecond(), now.getNano());
        Persist nowhere = Persist.new_impl(new Nowhere());
        ChainMonitor monitor =
                ChainMonitor.of(Option_FilterZ.none(), broadcaster, logger, fees, nowhere);
        ChannelManager manager =
                ChannelManager.of(
                        fees,
                        monitor.as_Watch(),
                        broadcaster,
                        logger,
                        keys.as_KeysInterface(),
                        config(),
                        ChainParameters.of(network, BestBlock.from_genesis(network)));
        IgnoringMessageHandler ignoring = IgnoringMessageHandler.of();
        PeerManager peers =
                PeerManager.of(
                        manager.as_ChannelMessageHandler(),
                        ignoring.as_RoutingMessageHandler(),
                        LdkResults.nodeSecret(keys),
                        bytes(random),
                        logger,
                        ignoring.as_CustomMessageHandler());
        List<Object> kept = List.of(fees, broadcaster, nowhere, ignoring);
        return new LdkKit(keys, logger, monitor, manager, peers, broadcast, log, kept);
    }

    static byte[] bytes(SecureRandom random) {
        byte[] bytes = new byte[SEED_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    private static UserConfig config() {
        ChannelHandshakeConfig handshake = ChannelHandshakeConfig.with_default();
        handshake.set_minimum_depth(CONFIRMATIONS);
        ChannelConfig channel = ChannelConfig.with_default();
        channel.set_announced_channel(false);
        channel.set_forwarding_fee_base_msat(FORWARDING_FEE_BASE_MSAT);
        channel.set_forwarding_fee_proportional_millionths(FORWARDING_FEE_MILLIONTHS);
        channel.set_max_dust_htlc_exposure_msat(DUST_MSAT_MAX);
        UserConfig config = UserConfig.with_default();
        config.set_own_channel_config(handshake);
        config.set_channel_options(channel);
        config.set_accept_forwards_to_priv_channels(true);
        return config;
    }

    /// The last lines of the log, for the message of a failed test.
    String lastLines() {
        return String.join("\n", new ArrayDeque<>(log));
    }

    /// Keeps no channel state: a node lives as long as its test.
    private static final class Nowhere implements Persist.PersistInterface {

        @Override
        public Result_NoneChannelMonitorUpdateErrZ persist_new_channel(
                OutPoint funding, ChannelMonitor monitor, MonitorUpdateId update) {
            return Result_NoneChannelMonitorUpdateErrZ.ok();
        }

        @Override
        public Result_NoneChannelMonitorUpdateErrZ update_persisted_channel(
                OutPoint funding,
                ChannelMonitorUpdate change,
                ChannelMonitor monitor,
                MonitorUpdateId update) {
            return Result_NoneChannelMonitorUpdateErrZ.ok();
        }
    }
}
