package me.owlrun.gateway.pay;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.gateway.vault.BlankSwap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Blank outputs of a buyer's wallet, for its change (NUT-08): points without amounts, whose
/// secrets only the buyer has. At most one group for each unit.
///
/// @param groups the blanks by unit
record Blanks(List<Group> groups) {

    /// Takes an unmodifiable copy.
    Blanks {
        groups = List.copyOf(groups);
    }

    /// Blanks of one keyset.
    ///
    /// @param unit the keyset's unit
    /// @param pointsHex the points B_, checked, in the buyer's order
    record Group(CurrencyUnit unit, KeysetId keysetId, List<String> pointsHex) {

        /// Takes an unmodifiable copy.
        Group {
            pointsHex = List.copyOf(pointsHex);
        }

        /// The blanks with the amounts of a sum, smallest first (NUT-08).
        List<BlankSwap.Sized> sized(long steps) {
            List<Long> amounts = Amounts.split(steps);
            List<BlankSwap.Sized> sized = new ArrayList<>();
            for (int i = 0; i < amounts.size(); i++) {
                sized.add(new BlankSwap.Sized(amounts.get(i), pointsHex.get(i)));
            }
            return sized;
        }

        private String text() {
            return unit.text() + ":" + keysetId.value() + ";" + String.join(";", pointsHex);
        }

        private static Group ofText(String text) {
            int unitEnd = text.indexOf(':');
            int keysetEnd = text.indexOf(';');
            return new Group(
                    CurrencyUnit.ofText(text.substring(0, unitEnd)).orElseThrow(),
                    new KeysetId(text.substring(unitEnd + 1, keysetEnd)),
                    Arrays.asList(text.substring(keysetEnd + 1).split(";", -1)));
        }
    }

    /// How many blanks any sum up to a bound takes at most.
    static int enoughFor(long stepsMax) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.addExact(stepsMax, 1));
    }

    Optional<Group> of(CurrencyUnit unit) {
        return groups.stream().filter(group -> group.unit == unit).findFirst();
    }

    /// The form in which they are stored.
    String text() {
        return groups.stream().map(Group::text).collect(Collectors.joining(","));
    }

    /// Out of their stored form.
    static Blanks ofText(String text) {
        return new Blanks(Arrays.stream(text.split(",", -1)).map(Group::ofText).toList());
    }

    @Override
    public String toString() {
        return "Blanks[" + groups.size() + " groups]";
    }
}
