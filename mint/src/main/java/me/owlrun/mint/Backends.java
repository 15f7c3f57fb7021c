package me.owlrun.mint;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.mint.MintSettings.Backend;
import me.owlrun.mint.MintSettings.Network;
import me.owlrun.mint.lightning.FakeLightning;
import me.owlrun.mint.lightning.FakeStore;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.NodeRefusedException;
import me.owlrun.mint.lightning.cln.ClnLightning;
import me.owlrun.mint.lightning.lnd.LndLightning;
import me.owlrun.mint.lightning.node.Chain;
import me.owlrun.mint.lightning.node.FeeRules;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.mint.lightning.phoenixd.PhoenixdLightning;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The wiring of Lightning backends, and what is asked of them before the mint starts.
final class Backends {

    private static final Logger LOG = System.getLogger(Backends.class.getName());

    private static final String FAKE_NEEDS_PLAY =
            "The Lightning backend 'fake' is play money; say so with --network=play, or name a real"
                    + " node with --lightning=lnd, phoenixd or cln.";
    private static final String NO_URL =
            "Setting 'lightning.url' is missing; give the address of the node's REST interface as"
                    + " --lightning.url=URL (docs/lightning.md).";
    private static final String NO_CREDENTIAL =
            "Setting 'lightning.credential' is missing; name the file with the node's macaroon,"
                    + " rune or password as --lightning.credential=PATH (docs/lightning.md).";

    /// Leaves time for a last word to the caller.
    private static final Duration PAY_MAX = Lightning.PAY_WAIT_MAX.minusSeconds(2);

    private Backends() {}

    /// Says what a wallet's user must know of the money.
    static String description(Settings settings) {
        if (settings.get(MintSettings.NETWORK) == Network.BITCOIN) {
            return "Bitcoin over Lightning.";
        }
        return settings.get(MintSettings.LIGHTNING) == Backend.FAKE
                ? "PLAY MONEY: worth nothing, invoices pay themselves. Do not send real sats."
                : "PLAY MONEY: coins of a test network, worth nothing. Do not send real sats.";
    }

    /// Refuses settings that do not fit together.
    ///
    /// @throws ConfigException when they do not
    static void check(Settings settings) {
        List<String> problems = new ArrayList<>();
        if (settings.get(MintSettings.LIGHTNING) == Backend.FAKE) {
            if (settings.get(MintSettings.NETWORK) != Network.PLAY) {
                problems.add(FAKE_NEEDS_PLAY);
            }
        } else {
            if (settings.get(LightningSettings.URL).isEmpty()) {
                problems.add(NO_URL);
            }
            if (settings.get(LightningSettings.CREDENTIAL).isEmpty()) {
                problems.add(NO_CREDENTIAL);
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /// Opens the backend. A real node that does not answer is no reason not to start: swaps need
    /// none. One of another network or one that refuses the mint is.
    ///
    /// @throws ConfigException when the mint must not work with this node
    static Lightning open(Settings settings, Clock clock, SecureRandom random, Database database) {
        return switch (settings.get(MintSettings.LIGHTNING)) {
            case FAKE -> fake(settings, clock, random, database);
            case LND -> greeted(new LndLightning(setup(settings, clock, random)), settings);
            case PHOENIXD ->
                    greeted(new PhoenixdLightning(setup(settings, clock, random)), settings);
            case CLN -> greeted(new ClnLightning(setup(settings, clock, random)), settings);
        };
    }

    private static Lightning fake(
            Settings settings, Clock clock, SecureRandom random, Database database) {
        FakeLightning.Rules rules =
                new FakeLightning.Rules(
                        settings.get(MintSettings.FAKE_PAY_DELAY),
                        settings.get(MintSettings.FAKE_FEE_RESERVE_PERCENT),
                        settings.get(MintSettings.FAKE_FEE_RESERVE_MIN),
                        settings.get(MintSettings.FAKE_NODE_ID));
        return new FakeLightning(new FakeStore(database), rules, clock, random);
    }

    private static NodeSetup setup(Settings settings, Clock clock, SecureRandom random) {
        return new NodeSetup(
                settings.get(LightningSettings.URL).orElseThrow(),
                settings.get(LightningSettings.CERTIFICATE),
                settings.get(LightningSettings.CREDENTIAL).orElseThrow(),
                chain(settings),
                new FeeRules(settings.get(LightningSettings.FEE_ESTIMATE_PERCENT_MAX)),
                settings.get(LightningSettings.PRIVATE),
                PAY_MAX,
                random,
                clock);
    }

    private static Chain chain(Settings settings) {
        return settings.get(MintSettings.NETWORK) == Network.BITCOIN ? Chain.MAIN : Chain.TEST;
    }

    private static Lightning greeted(NodeLightning lightning, Settings settings) {
        boolean fits = false;
        try {
            greet(lightning, chain(settings));
            fits = true;
            return lightning;
        } finally {
            if (!fits) {
                lightning.close();
            }
        }
    }

    private static void greet(NodeLightning lightning, Chain chain) {
        try {
            String network = lightning.network();
            if (!chain.hasNodesOf(network)) {
                throw new ConfigException(
                        List.of(
                                "The Lightning node is on the network '"
                                        + network
                                        + "': --network=bitcoin needs a node on Bitcoin's"
                                        + " main network, --network=play one on a test network."
                                        + " Change the setting or the node."));
            }
            NodeState node = lightning.node();
            LOG.log(
                    Level.INFO,
                    "Lightning node {0}: can send {1}{2}",
                    node.id(),
                    node.spendable(),
                    node.ready() ? "" : "; it is not ready yet");
        } catch (NodeRefusedException e) {
            throw new ConfigException(
                    List.of(
                            "The Lightning node does not let the mint in ("
                                    + e.getMessage()
                                    + "). Check --lightning.credential, --lightning.certificate"
                                    + " and the rights that docs/lightning.md lists."));
        } catch (LightningException e) {
            LOG.log(
                    Level.WARNING,
                    "The Lightning node does not answer ({0}). The mint starts all the same: swaps"
                            + " work, deposits and payments wait for the node.",
                    e.getMessage());
        }
    }
}
