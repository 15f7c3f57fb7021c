package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.mint.lightning.lnd.LndLightning;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;

/// The contract on LND's transcripts.
final class LndContractTest extends ScriptedContract {

    LndContractTest() {
        super("lnd", "Grpc-Metadata-macaroon");
    }

    @Override
    NodeLightning client(NodeSetup setup) {
        return new LndLightning(setup);
    }

    @Override
    String credential(byte[] file) {
        return HexFormat.of().formatHex(file);
    }

    @Test
    void feeReserve_isTheEstimateUpToTheCap() {
        assertEquals(new Msat(1_500), feeReserve("estimate_low"));
        assertEquals(Msat.ofSat(31), feeReserve("estimate_high"));
        assertEquals(Msat.ofSat(50), feeReserve("estimate_absurd"));
        assertEquals(Msat.ZERO, feeReserve("estimate_fails"));
        assertEquals(Msat.ZERO, feeReserve("estimate_no_answer"));
    }
}
