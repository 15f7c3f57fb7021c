package me.owlrun.gateway.market;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// The price list: models by tag, and prices by size for tags that are not in it. The operator may
/// have it read again while it is in use.
public final class Catalog {

    private static final String DEFAULT_LIST = "models.json";

    /// The context of a model about which nobody says more; the agents' default.
    private static final int CONTEXT_LENGTH_DEFAULT = 8192;

    private volatile PriceList list;

    /// A price for all models up to a size.
    private record Size(String tier, long parametersMaxMillions, ModelPrice price) {}

    /// The prices of one file.
    private static final class PriceList {

        private final long createdEpochSeconds;
        private final Map<String, Model> models = new LinkedHashMap<>();
        private final List<Size> sizes = new ArrayList<>();
        private final Size sizeUnknown;

        private PriceList(JsonNode list) {
            createdEpochSeconds = list.required("created").longValue();
            for (JsonNode entry : list.required("models")) {
                Model model =
                        new Model(
                                entry.required("id").textValue(),
                                entry.required("name").textValue(),
                                entry.required("context_length").intValue(),
                                price(entry));
                models.put(model.id(), model);
            }
            for (JsonNode entry : list.required("sizes")) {
                long max = entry.required("parameters_max_millions").longValue();
                sizes.add(new Size(entry.required("tier").textValue(), max, price(entry)));
            }
            String unknown = list.required("size_unknown").textValue();
            sizeUnknown =
                    sizes.stream()
                            .filter(size -> size.tier.equals(unknown))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IllegalArgumentException("no size '" + unknown + "'"));
        }

        private Size size(String id) {
            OptionalLong millions = ModelSize.millions(id);
            if (millions.isEmpty()) {
                return sizeUnknown;
            }
            return sizes.stream()
                    .filter(size -> millions.getAsLong() <= size.parametersMaxMillions)
                    .findFirst()
                    .orElse(sizes.getLast());
        }
    }

    private Catalog(PriceList list) {
        this.list = list;
    }

    /// Takes the prices of another list; requests under way keep the price they were told.
    public void replace(Catalog other) {
        list = other.list;
    }

    /// The list that comes with the gateway: the seed's table.
    public static Catalog standard() {
        try (InputStream json = Catalog.class.getResourceAsStream(DEFAULT_LIST)) {
            return parse(Objects.requireNonNull(json, DEFAULT_LIST).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the price list of this build cannot be read", e);
        }
    }

    /// A list of the operator's own.
    ///
    /// @throws IllegalArgumentException when something is missing or wrong in it
    public static Catalog parse(byte[] json) {
        try {
            return new Catalog(new PriceList(Json.parseObject(json)));
        } catch (InvalidJsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static ModelPrice price(JsonNode entry) {
        return ModelPrice.perMillion(
                new BigDecimal(entry.required("input").textValue()),
                new BigDecimal(entry.required("output").textValue()));
    }

    /// When the list was made, in seconds since the epoch.
    public long createdEpochSeconds() {
        return list.createdEpochSeconds;
    }

    /// The listed models, in the list's order.
    public List<Model> listed() {
        return List.copyOf(list.models.values());
    }

    /// The model of this tag if it is in the list.
    public Optional<Model> listed(String id) {
        return Optional.ofNullable(list.models.get(id));
    }

    /// The model of any tag: as listed, or priced by its size.
    public Model any(String id) {
        return listed(id)
                .orElseGet(() -> new Model(id, id, CONTEXT_LENGTH_DEFAULT, list.size(id).price()));
    }
}
