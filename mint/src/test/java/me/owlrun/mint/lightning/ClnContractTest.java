package me.owlrun.mint.lightning;

import me.owlrun.mint.lightning.cln.ClnLightning;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;

import java.nio.charset.StandardCharsets;

/// The contract on Core Lightning's transcripts.
final class ClnContractTest extends ScriptedContract {

    ClnContractTest() {
        super("cln", "Rune");
    }

    @Override
    NodeLightning client(NodeSetup setup) {
        return new ClnLightning(setup);
    }

    @Override
    String credential(byte[] file) {
        return new String(file, StandardCharsets.US_ASCII);
    }
}
