package me.owlrun.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Draws lines over a logarithmic count as SVG: milliseconds by spent proofs.
final class Plot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 60;
    private static final int TOP = 60;
    private static final int BOTTOM = 70;
    private static final List<String> COLOURS = List.of("#1f5fa8", "#c2571a");
    private static final int TICKS = 5;

    private Plot() {}

    /// One point.
    ///
    /// @param count along the horizontal axis
    /// @param millis along the vertical axis
    record Value(long count, double millis) {

        double power() {
            return Math.log10((double) count);
        }
    }

    /// One line.
    record Line(String name, List<Value> values) {}

    static String draw(String title, String subtitle, List<Line> lines) {
        double top = 0;
        double first = Double.MAX_VALUE;
        double last = 0;
        for (Line line : lines) {
            for (Value value : line.values()) {
                top = Math.max(top, value.millis());
                first = Math.min(first, value.power());
                last = Math.max(last, value.power());
            }
        }
        Scale scale = new Scale(nice(top), first, Math.max(last, first + 1));
        StringBuilder svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" \
                font-family="sans-serif" font-size="13" fill="#222">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="%d" y="26" font-size="16">%s</text>
                <text x="%d" y="45" fill="#666">%s</text>
                """
                        .formatted(WIDTH, HEIGHT, LEFT, escape(title), LEFT, escape(subtitle)));
        axes(svg, scale);
        for (int i = 0; i < lines.size(); i++) {
            line(svg, scale, lines.get(i), COLOURS.get(i % COLOURS.size()));
        }
        return svg.append("</svg>\n").toString();
    }

    /// Where values lie on the paper.
    ///
    /// @param topMillis the upper end of the vertical axis
    /// @param first the power of ten at the left end
    /// @param last the power of ten at the right end
    private record Scale(double topMillis, double first, double last) {

        double x(double power) {
            return LEFT + (power - first) / (last - first) * (WIDTH - LEFT - RIGHT);
        }

        double y(double millis) {
            return HEIGHT - BOTTOM - millis / topMillis * (HEIGHT - TOP - BOTTOM);
        }
    }

    private static void axes(StringBuilder svg, Scale scale) {
        for (int i = 0; i <= TICKS; i++) {
            double millis = scale.topMillis() * i / TICKS;
            svg.append(
                    String.format(
                            Locale.ROOT,
                            """
                            <line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>
                            <text x="%d" y="%.1f" text-anchor="end">%.1f</text>
                            """,
                            LEFT,
                            scale.y(millis),
                            WIDTH - RIGHT,
                            scale.y(millis),
                            LEFT - 8,
                            scale.y(millis) + 4,
                            millis));
        }
        for (int power = (int) Math.ceil(scale.first()); power <= scale.last(); power++) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            """
                            <line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#888"/>
                            <text x="%.1f" y="%d" text-anchor="middle">%,d</text>
                            """,
                            scale.x(power),
                            HEIGHT - BOTTOM,
                            scale.x(power),
                            HEIGHT - BOTTOM + 6,
                            scale.x(power),
                            HEIGHT - BOTTOM + 22,
                            (long) Math.pow(10, power)));
        }
        svg.append(
                String.format(
                        Locale.ROOT,
                        """
                        <text x="%d" y="%d" text-anchor="middle">spent proofs</text>
                        <text transform="translate(18 %d) rotate(-90)" text-anchor="middle">\
                        latency, ms</text>
                        """,
                        (LEFT + WIDTH - RIGHT) / 2,
                        HEIGHT - 18,
                        (TOP + HEIGHT - BOTTOM) / 2));
    }

    private static void line(StringBuilder svg, Scale scale, Line line, String colour) {
        StringBuilder points = new StringBuilder();
        for (Value value : line.values()) {
            double x = scale.x(value.power());
            double y = scale.y(value.millis());
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n",
                            x,
                            y,
                            colour));
        }
        svg.append(
                String.format(
                        Locale.ROOT,
                        """
                        <polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>
                        """,
                        points.toString().strip(),
                        colour));
        Value end = line.values().getLast();
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
                        scale.x(end.power()) + 9,
                        scale.y(end.millis()) + 4,
                        colour,
                        escape(line.name())));
    }

    /// The next of 1, 2 or 5 times a power of ten.
    private static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 0.1))));
        for (double step : new double[] {1, 2, 5}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    static void write(Path file, String svg) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, svg);
        } catch (IOException e) {
            throw new BenchException(file + " cannot be written", e);
        }
    }
}
