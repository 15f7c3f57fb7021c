package me.owlrun.gateway.market;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import me.owlrun.gateway.meter.ModelPrice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Prices of models in and out of the list, and the choice of a node.
final class MarketTest {

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # listed, as the seed's table has them
                    qwen2.5:0.5b,       0.005, 0.01
                    qwen2.5:1.5b,       0.010, 0.02
                    llama3.2:3b,        0.015, 0.03
                    qwen3:8b,           0.030, 0.08
                    deepseek-v3,        0.120, 0.30
                    llama3.3:70b,       0.180, 0.50
                    # not listed: by size
                    smollm2:360m,       0.005, 0.01
                    tinyllama:1b,       0.005, 0.01
                    phi3:3.8b,          0.015, 0.03
                    llama3.1:8b,        0.030, 0.09
                    llama3.1:70b-q4,    0.180, 0.50
                    mixtral:8x7b,       0.180, 0.50
                    qwen2.5:14b,        0.060, 0.16
                    Qwen2.5-32B-Instruct, 0.100, 0.25
                    # nobody knows: small
                    my-model,           0.030, 0.09
                    mistral:latest,     0.030, 0.09
                    """)
    void catalog_anyTag_hasAPrice(String id, BigDecimal input, BigDecimal output) {
        assertEquals(ModelPrice.perMillion(input, output), Catalog.standard().any(id).price());
    }

    @Test
    void catalog_brokenLists_areRefused() {
        for (String list : List.of("{}", "[]", "{\"created\":1,\"models\":[],\"sizes\":[]}")) {
            assertThrows(
                    RuntimeException.class,
                    () -> Catalog.parse(list.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
