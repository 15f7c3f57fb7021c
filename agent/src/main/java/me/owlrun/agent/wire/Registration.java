package me.owlrun.agent.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.OptionalInt;

/// What a node tells the gateway before it opens the control channel (seed 000, `POST
/// /v1/gateway/register`).
///
/// @param nodeId this machine, a UUID
/// @param key the owner's key; also the bearer of the request
/// @param hardware the machine
/// @param models what it serves, the most important first
/// @param terms what the owner wants
/// @param engine the kind of engine: `ollama`, `openai` or `mock`
/// @param ollamaUrl where Ollama listens, empty if the engine is another
/// @param capacity jobs it runs at the same time
/// @param version the agent's version
public record Registration(
        String nodeId,
        ProviderKey key,
        Hardware hardware,
        List<Model> models,
        Terms terms,
        String engine,
        String ollamaUrl,
        int capacity,
        String version) {
    /// The version of the control channel that this agent speaks; the seed's own is 1.
    static final int PROTOCOL = 2;

    /// The machine as the gateway sees it.
    ///
    /// @param gpu the GPU's name, or a word for the processor
    /// @param gpuVendor `nvidia`, `amd`, `apple` or `cpu`
    /// @param vramTotalMb video memory in MB, 0 without a GPU
    /// @param vramFreeMb free video memory in MB
    /// @param vramExact whether the memory was measured, not guessed
    public record Hardware(
            String gpu, String gpuVendor, int vramTotalMb, int vramFreeMb, boolean vramExact) {}

    /// One model and what is known about it.
    ///
    /// @param id its tag, such as `qwen2.5:0.5b`
    /// @param contextTokens how long prompt and answer may be together, if known
    public record Model(String id, OptionalInt contextTokens) {}

    /// What the owner wants.
    ///
    /// @param region where the node is; empty lets the gateway find out
    /// @param wallet the old wallet field, usually empty
    /// @param lightningAddress where earnings are paid, or empty
    /// @param redeemThresholdSats from which balance on they are paid
    /// @param referralCode who brought this node, or empty
    /// @param freeTierPct share of capacity given away, in percent
    public record Terms(
            String region,
            String wallet,
            String lightningAddress,
            int redeemThresholdSats,
            String referralCode,
            int freeTierPct) {}

    /// The request body.
    public String text() {
        ObjectNode document = Json.object();
        document.put("node_id", nodeId);
        document.put("api_key", key.value());
        document.put("gpu", hardware.gpu());
        document.put("gpu_vendor", hardware.gpuVendor());
        document.put("vram_total_mb", hardware.vramTotalMb());
        document.put("vram_free_mb", hardware.vramFreeMb());
        document.put("vram_exact", hardware.vramExact());
        models.forEach(model -> document.withArray("models").add(model.id()));
        putUnlessEmpty(document, "ollama_url", ollamaUrl);
        putUnlessEmpty(document, "region", terms.region());
        document.put("version", version);
        document.put("wallet", terms.wallet());
        document.put("lightning_address", terms.lightningAddress());
        document.put("redeem_threshold_sats", terms.redeemThresholdSats());
        putUnlessEmpty(document, "referral_code", terms.referralCode());
        document.put("free_tier_pct", terms.freeTierPct());
        document.put("protocol", PROTOCOL);
        document.put("capacity", capacity);
        document.put("engine", engine);
        putContext(document);
        return Json.write(document);
    }

    private void putContext(ObjectNode document) {
        for (Model model : models) {
            model.contextTokens()
                    .ifPresent(tokens -> document.withObject("/context").put(model.id(), tokens));
        }
    }

    private static void putUnlessEmpty(ObjectNode document, String name, String value) {
        if (!value.isEmpty()) {
            document.put(name, value);
        }
    }
}
