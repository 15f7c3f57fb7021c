package me.owlrun.metrics;

import java.util.List;
import java.util.Map;

/// A figure with all its lines.
///
/// @param name with its unit at the end
/// @param help one phrase
/// @param type `counter`, `gauge` or `histogram`
/// @param samples its values
public record Figure(String name, String help, String type, List<Sample> samples) {

    /// One value.
    ///
    /// @param suffix what a histogram puts behind the name; else empty
    /// @param labels what distinguishes it
    /// @param value the value as text
    public record Sample(String suffix, Map<String, String> labels, String value) {

        /// A value without a suffix.
        public static Sample of(Map<String, String> labels, long value) {
            return new Sample("", labels, Long.toString(value));
        }
    }

    /// A figure of one value that may go down.
    public static Figure gauge(String name, String help, long value) {
        return new Figure(name, help, "gauge", List.of(Sample.of(Map.of(), value)));
    }

    void write(StringBuilder text) {
        text.append("# HELP ").append(name).append(' ').append(escape(help)).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        for (Sample sample : samples) {
            text.append(name).append(sample.suffix());
            if (!sample.labels().isEmpty()) {
                text.append('{');
                String separator = "";
                for (Map.Entry<String, String> label : sample.labels().entrySet()) {
                    text.append(separator).append(label.getKey()).append("=\"");
                    text.append(escape(label.getValue()).replace("\"", "\\\"")).append('"');
                    separator = ",";
                }
                text.append('}');
            }
            text.append(' ').append(sample.value()).append('\n');
        }
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }
}
