package me.owlrun.gateway.market;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the number of parameters out of a model's tag: `llama3.1:70b-q4`, `mixtral:8x7b`,
/// `smollm2:135m`.
final class ModelSize {

    private static final int DIGITS_MAX = 6;

    private static final Pattern SIZE =
            Pattern.compile(
                    "(?:^|[:_-])(?:(\\d{1,3})x)?(\\d{1,N}(?:\\.\\d{1,3})?)([bm])(?:$|[^a-z0-9])"
                            .replace("N", Integer.toString(DIGITS_MAX)));

    private static final BigDecimal MILLIONS_PER_BILLION = BigDecimal.valueOf(1000);

    private ModelSize() {}

    /// Millions of parameters, rounded up; empty when the tag does not say.
    static OptionalLong millions(String tag) {
        Matcher matcher = SIZE.matcher(tag.toLowerCase(Locale.ROOT));
        if (!matcher.find()) {
            return OptionalLong.empty();
        }
        BigDecimal size = new BigDecimal(matcher.group(2));
        if (matcher.group(3).equals("b")) {
            size = size.multiply(MILLIONS_PER_BILLION);
        }
        BigDecimal experts = new BigDecimal(Optional.ofNullable(matcher.group(1)).orElse("1"));
        return OptionalLong.of(
                size.multiply(experts).setScale(0, RoundingMode.CEILING).longValueExact());
    }
}
