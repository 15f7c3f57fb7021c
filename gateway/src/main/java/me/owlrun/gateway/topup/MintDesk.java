package me.owlrun.gateway.topup;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.gateway.pay.TokenDesk;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationRunner;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What top-ups need of the mint.
///
/// @param tokens looks at tokens
record MintDesk(
        TokenDesk tokens,
        MintClient client,
        MintKeysets keysets,
        OperationRunner runner,
        SecureRandom random) {

    /// Our keyset for new ecash of a unit, if the mint tells it.
    Optional<Keyset> active(CurrencyUnit unit) {
        return keysets.active(unit) instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset)
                ? Optional.of(keyset)
                : Optional.empty();
    }

    /// The minting of a paid invoice into as few coins as possible.
    MintOperation mint(Topup topup, String quoteId, Keyset keyset) {
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.TOPUP,
                List.of(),
                Optional.of(quoteId),
                keyset.id(),
                topup.unit(),
                0,
                outputs(topup.unit().floorSteps(topup.amount()), keyset));
    }

    /// Fresh outputs for an amount.
    List<OutputData> outputs(long steps, Keyset keyset) {
        return Amounts.split(steps).stream()
                .map(amount -> OutputData.random(amount, keyset.id(), random))
                .toList();
    }
}
