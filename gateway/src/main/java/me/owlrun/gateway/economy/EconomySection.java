package me.owlrun.gateway.economy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.json.Json;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What one feature says about the economy.
///
/// @param name its name, unique
/// @param formulas what it computes, by the name of the result
/// @param numbers the settings in them
/// @param now what comes of it at the moment
public record EconomySection(
        String name, Map<String, String> formulas, List<Figure> numbers, ObjectNode now) {

    /// One number of a formula.
    ///
    /// @param name of the setting
    /// @param value in its unit
    public record Figure(String name, String value, String unit, String meaning) {}

    /// The numbers that settings are.
    public static List<Figure> numbers(Settings settings, List<Setting<?>> table) {
        return table.stream()
                .map(setting ->
                        new Figure(
                                setting.name(),
                                text(settings.get(setting), setting.unit()),
                                setting.unit(),
                                setting.meaning()))
                .toList();
    }

    private static String text(Object value, String unit) {
        if (value instanceof Duration time) {
            return Long.toString(unit.equals("ms") ? time.toMillis() : time.toSeconds());
        }
        return value.toString();
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        ObjectNode said = json.putObject("formulas");
        formulas.forEach(said::put);
        ArrayNode list = json.putArray("numbers");
        for (Figure number : numbers) {
            list.addObject()
                    .put("setting", number.name)
                    .put("value", number.value)
                    .put("unit", number.unit)
                    .put("meaning", number.meaning);
        }
        json.set("now", now);
        return json;
    }
}
