package me.owlrun.agent;

import me.owlrun.agent.model.Wishes;
import me.owlrun.agent.watch.Policy;
import me.owlrun.agent.wire.ProviderKey;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Everything the owner set, checked as a whole.
///
/// @param file where it came from
/// @param account who earns
/// @param marketplace where and how
/// @param inference on what
/// @param wishes what is wanted of models and disk
/// @param policy when it may work
/// @param dashboardPort port of the page on loopback, 0 for any free one
/// @param debug whether more is logged
/// @param warnings what is odd about the file, as sentences
record Config(
        Path file,
        Account account,
        Marketplace marketplace,
        Inference inference,
        Wishes wishes,
        Policy policy,
        int dashboardPort,
        boolean debug,
        List<String> warnings) {
    private static final int MOCK_CAPACITY = 4;

    /// Reads and checks the file, which is made or completed with a new identity if need be.
    ///
    /// @param file the configuration file
    /// @param overrides values that count instead of the file's, by `section.key`; they are checked
    ///   alike and never written
    /// @param random where a new identity comes from; a secure source outside tests
    /// @throws me.owlrun.agent.problem.AgentException if it cannot be used, naming every mistake
    public static Config load(Path file, Map<String, String> overrides, RandomGenerator random) {
        return ConfigReader.read(file, new ConfigFile(file, random).readOrMake(), overrides);
    }

    /// Who earns.
    ///
    /// @param nodeId this machine, a UUID
    /// @param key the owner's secret
    /// @param wallet the old wallet field, usually empty
    /// @param referralCode who brought this node, or empty
    /// @param lightningAddress where earnings are paid, or empty
    /// @param redeemThresholdSats from which balance on
    /// @param freeTierPct share of capacity given away, in percent
    record Account(
            String nodeId,
            ProviderKey key,
            String wallet,
            String referralCode,
            String lightningAddress,
            int redeemThresholdSats,
            int freeTierPct) {}

    /// Where and how.
    ///
    /// @param gateway its address
    /// @param proxyBase where jobs are fetched and answered
    /// @param region empty lets the gateway find out
    /// @param answersByPost whether answers go by HTTP POST, else over the control channel
    record Marketplace(URI gateway, URI proxyBase, String region, boolean answersByPost) {}

    /// On what.
    ///
    /// @param engine the kind of engine
    /// @param engineUrl where it listens
    /// @param model the only model to serve, or empty
    /// @param capacitySet jobs at the same time, 0 for the engine's default
    /// @param mockDelay how long the mock takes for a token
    record Inference(
            EngineKind engine, URI engineUrl, String model, int capacitySet, Duration mockDelay) {
        /// Jobs at the same time.
        int capacity() {
            if (capacitySet > 0) {
                return capacitySet;
            }
            return engine == EngineKind.MOCK ? MOCK_CAPACITY : 1;
        }
    }

    /// The engines there are.
    enum EngineKind {
        /// An Ollama on this machine.
        OLLAMA,
        /// Any server with OpenAI's routes.
        OPENAI,
        /// The shipped mock.
        MOCK
    }

    /// Where the configuration file is unless a flag says otherwise.
    ///
    /// @param home the user's home folder
    static Path defaultFile(Path home) {
        return home.resolve(".owlrun").resolve("owlrun.conf");
    }

    /// Ollama's address, or nothing if the engine is another.
    Optional<URI> ollamaUrl() {
        return inference.engine() == EngineKind.OLLAMA
                ? Optional.of(inference.engineUrl())
                : Optional.empty();
    }

    /// Whether going from this to another needs a new start: who, where and on what cannot change
    /// under running jobs.
    boolean needsRestart(Config other) {
        return !account.nodeId().equals(other.account.nodeId())
                || !account.key().equals(other.account.key())
                || !marketplace.gateway().equals(other.marketplace.gateway())
                || !marketplace.proxyBase().equals(other.marketplace.proxyBase())
                || marketplace.answersByPost() != other.marketplace.answersByPost()
                || inference.engine() != other.inference.engine()
                || !inference.engineUrl().equals(other.inference.engineUrl())
                || inference.capacitySet() != other.inference.capacitySet()
                || !inference.mockDelay().equals(other.inference.mockDelay())
                || dashboardPort != other.dashboardPort;
    }
}
