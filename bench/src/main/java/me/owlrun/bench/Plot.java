package me.owlrun.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Draws lines over a logarithmic count as SVG.
final class Plot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int TOP = 60;
    private static final int BOTTOM = 70;
    private static final int CHAR_WIDTH = 7;
    private static final int LABEL_HEIGHT = 15;
    private static final List<String> COLOURS =
            List.of("#1f5fa8", "#c2571a", "#2f7d4f", "#7a4b9c", "#6b6b6b", "#a3243b");
    private static final int TICKS = 5;

    private Plot() {}

    /// One point.
    ///
    /// @param count along the horizontal axis
    /// @param height along the vertical axis
    record Value(long count, double height) {

        private double power() {
            return Math.log10((double) count);
        }
    }

    /// One line.
    record Line(String name, List<Value> values) {}

    /// What stands around the lines.
    ///
    /// @param across names the horizontal axis
    /// @param up names the vertical axis
    /// @param isLog whether that grows tenfold from line to line
    record Paper(String title, String subtitle, String across, String up, boolean isLog) {}

    /// Where values lie on the paper.
    ///
    /// @param right what names of lines take at the right
    /// @param first the power of ten at the left end
    /// @param last the power of ten at the right end
    /// @param low the lower end of the vertical axis, a power of ten if that is logarithmic
    /// @param high its upper end
    private record Scale(
            int right, double first, double last, boolean isLog, double low, double high) {

        static Scale of(Paper paper, List<Line> lines) {
            List<Value> all = lines.stream().flatMap(line -> line.values().stream()).toList();
            double first = all.stream().mapToDouble(Value::power).min().orElse(0);
            double last = all.stream().mapToDouble(Value::power).max().orElse(1);
            double top = all.stream().mapToDouble(Value::height).max().orElse(1);
            double least = all.stream().mapToDouble(Value::height).min().orElse(1);
            int longest = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
            double low = paper.isLog() ? Math.floor(Math.log10(Math.max(least, 0.01))) : 0;
            double high = paper.isLog() ? Math.ceil(Math.log10(Math.max(top, 0.1))) : nice(top);
            return new Scale(
                    Math.max(60, 25 + longest * CHAR_WIDTH),
                    first,
                    Math.max(last, first + 1),
                    paper.isLog(),
                    low,
                    Math.max(high, low + 1));
        }

        private int end() {
            return WIDTH - right;
        }

        private double x(Value value) {
            return LEFT + (value.power() - first) / (last - first) * (end() - LEFT);
        }

        private double y(double height) {
            double at = isLog ? Math.log10(Math.max(height, 0.01)) : height;
            return HEIGHT - BOTTOM - (at - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
        }

        private List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            if (isLog) {
                for (int power = (int) low; power <= high; power++) {
                    ticks.add(Math.pow(10, power));
                }
            } else {
                for (int i = 0; i <= TICKS; i++) {
                    ticks.add(high * i / TICKS);
                }
            }
            return ticks;
        }
    }

    static String draw(Paper paper, List<Line> lines) {
        Scale scale = Scale.of(paper, lines);
        StringBuilder svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" \
                font-family="sans-serif" font-size="13" fill="#222">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="%d" y="26" font-size="16">%s</text>
                <text x="%d" y="45" fill="#666">%s</text>
                """
                        .formatted(
                                WIDTH,
                                HEIGHT,
                                LEFT,
                                escape(paper.title()),
                                LEFT,
                                escape(paper.subtitle())));
        axes(svg, scale, lines);
        svg.append(
                String.format(
                        Locale.ROOT,
                        """
                        <text x="%d" y="%d" text-anchor="middle">%s</text>
                        <text transform="translate(18 %d) rotate(-90)" \
                        text-anchor="middle">%s</text>
                        """,
                        (LEFT + scale.end()) / 2,
                        HEIGHT - 18,
                        escape(paper.across()),
                        (TOP + HEIGHT - BOTTOM) / 2,
                        escape(paper.up())));
        for (int i = 0; i < lines.size(); i++) {
            line(svg, scale, lines.get(i), colour(i));
        }
        names(svg, scale, lines);
        return svg.append("</svg>\n").toString();
    }

    private static String colour(int line) {
        return COLOURS.get(line % COLOURS.size());
    }

    private static void axes(StringBuilder svg, Scale scale, List<Line> lines) {
        for (double tick : scale.ticks()) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            """
                            <line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>
                            <text x="%d" y="%.1f" text-anchor="end">%s</text>
                            """,
                            LEFT,
                            scale.y(tick),
                            scale.end(),
                            scale.y(tick),
                            LEFT - 8,
                            scale.y(tick) + 4,
                            number(tick, scale)));
        }
        List<Value> counts =
                lines.stream()
                        .flatMap(line -> line.values().stream())
                        .map(value -> new Value(value.count(), 0))
                        .distinct()
                        .toList();
        for (Value count : counts) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            """
                            <line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#888"/>
                            <text x="%.1f" y="%d" text-anchor="middle">%,d</text>
                            """,
                            scale.x(count),
                            HEIGHT - BOTTOM,
                            scale.x(count),
                            HEIGHT - BOTTOM + 6,
                            scale.x(count),
                            HEIGHT - BOTTOM + 22,
                            count.count()));
        }
    }

    private static String number(double tick, Scale scale) {
        boolean whole = (tick >= 1 && scale.isLog()) || scale.high() >= 1_000;
        return String.format(Locale.ROOT, whole ? "%,.0f" : "%.1f", tick);
    }

    private static void line(StringBuilder svg, Scale scale, Line line, String colour) {
        StringBuilder points = new StringBuilder();
        for (Value value : line.values()) {
            double x = scale.x(value);
            double y = scale.y(value.height());
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
    }

    /// Writes names beside the ends of lines, none over another.
    private static void names(StringBuilder svg, Scale scale, List<Line> lines) {
        List<Integer> fromTop = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            fromTop.add(i);
        }
        fromTop.sort(Comparator.comparingDouble(i -> scale.y(end(lines.get(i)).height())));
        double free = 0;
        for (int i : fromTop) {
            Value end = end(lines.get(i));
            double y = Math.max(free, scale.y(end.height()) + 4);
            free = y + LABEL_HEIGHT;
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
                            scale.x(end) + 9,
                            y,
                            colour(i),
                            escape(lines.get(i).name())));
        }
    }

    private static Value end(Line line) {
        return line.values().getLast();
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
