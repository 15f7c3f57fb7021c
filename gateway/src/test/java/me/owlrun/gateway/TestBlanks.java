package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestWallet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/// A wallet's blank outputs of one unit: what its owner keeps, and the way from signatures to
/// money.
final class TestBlanks {

    private final TestWallet wallet;
    private final CurrencyUnit unit;
    private final List<OutputData> blanks;

    /// Fresh blanks.
    TestBlanks(TestWallet wallet, CurrencyUnit unit, int count) {
        this.wallet = wallet;
        this.unit = unit;
        this.blanks = wallet.outputs(Collections.nCopies(count, 1L));
    }

    CurrencyUnit unit() {
        return unit;
    }

    /// All groups of the header.
    static String header(List<TestBlanks> groups) {
        return groups.stream().map(TestBlanks::header).collect(Collectors.joining(","));
    }

    /// One group of the header.
    String header() {
        return wallet.keyset().id().value()
                + blanks.stream()
                        .map(blank -> ";" + blank.blindedMessage().b().toHex())
                        .collect(Collectors.joining());
    }

    /// What the signatures of this unit in a change are worth, in millisats: each is checked,
    /// unblinded in the order of the blanks (NUT-08) and swapped at the mint, so it is really
    /// money.
    long cash(JsonNode change) {
        List<BlindSignature> signatures = new ArrayList<>();
        for (JsonNode node : change.path("signatures")) {
            BlindSignature signature = CashuJson.blindSignature(node);
            if (signature.keysetId().equals(wallet.keyset().id())) {
                signatures.add(signature);
            }
        }
        return cash(signatures, blanks);
    }

    /// The same by the mint alone (NUT-09), as after the loss of everything but the seed.
    long restore() {
        ObjectNode request = Json.object();
        request.set(
                "outputs",
                CashuJson.toJson(
                        blanks.stream()
                                .map(blank -> withAmount(blank, 0).blindedMessage())
                                .toList(),
                        CashuJson::toJson));
        JsonNode answer = wallet.post("/v1/restore", request).ok();
        List<BlindedMessage> outputs =
                CashuJson.list(answer, "outputs", blanks.size(), CashuJson::blindedMessage);
        List<OutputData> signed =
                outputs.stream()
                        .map(output ->
                                blanks.stream()
                                        .filter(blank ->
                                                blank.blindedMessage().b().equals(output.b()))
                                        .findFirst()
                                        .orElseThrow())
                        .toList();
        return cash(
                CashuJson.list(answer, "signatures", blanks.size(), CashuJson::blindSignature),
                signed);
    }

    private long cash(List<BlindSignature> signatures, List<OutputData> outputs) {
        if (signatures.isEmpty()) {
            return 0;
        }
        List<Proof> proofs = new ArrayList<>();
        long before = 0;
        for (int i = 0; i < signatures.size(); i++) {
            BlindSignature signature = signatures.get(i);
            if (signature.dleq().isEmpty() || signature.amount() <= before) {
                throw new AssertionError("no DLEQ, or amounts that do not ascend: " + signatures);
            }
            before = signature.amount();
            proofs.add(
                    withAmount(outputs.get(i), signature.amount())
                            .unblind(signature, wallet.keyset()));
        }
        long steps = TestWallet.sum(proofs);
        long feePpk = wallet.keyset().inputFeePpk();
        long fee = Keyset.transactionFee(Collections.nCopies(proofs.size(), feePpk));
        List<Proof> fresh = wallet.swap(proofs, Amounts.split(steps - fee));
        return unit.toMsat(TestWallet.sum(fresh) + fee).value();
    }

    private static OutputData withAmount(OutputData blank, long amount) {
        return new OutputData(amount, blank.keysetId(), blank.secret(), blank.r());
    }
}
