package me.owlrun.gateway.routing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Draws lines over straight axes, both of which begin at the least value or at 0.
final class Svg {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 170;
    private static final int TOP = 60;
    private static final int BOTTOM = 70;
    private static final int TICKS = 5;
    private static final int LABEL_HEIGHT = 18;
    private static final List<String> COLOURS =
            List.of("#1f5fa8", "#c2571a", "#2f7d4f", "#7a4b9c", "#6b6b6b", "#a3243b");

    private Svg() {}

    /// One point.
    record Point(double across, double up) {}

    /// One line.
    record Line(String name, List<Point> points) {}

    /// What stands around the lines.
    record Paper(String title, String subtitle, String across, String up) {}

    private record Scale(double first, double last, double high) {

        static Scale of(List<Line> lines) {
            List<Point> all = lines.stream().flatMap(line -> line.points().stream()).toList();
            double first = all.stream().mapToDouble(Point::across).min().orElse(0);
            double last = all.stream().mapToDouble(Point::across).max().orElse(1);
            double top = all.stream().mapToDouble(Point::up).max().orElse(1);
            return new Scale(first, Math.max(last, first + 1e-9), nice(top));
        }

        /// The next of 1, 2 or 5 times a power of ten.
        private static double nice(double value) {
            double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-6))));
            for (double step : new double[] {1, 2, 5}) {
                if (value <= step * power) {
                    return step * power;
                }
            }
            return 10 * power;
        }

        /// Whole numbers below the axis where there are few of them.
        private int steps() {
            long span = Math.round(last - first);
            return first == Math.rint(first) && last == Math.rint(last) && span <= 2 * TICKS
                    ? (int) Math.max(1, span)
                    : TICKS;
        }

        private double x(double across) {
            return LEFT + (across - first) / (last - first) * (WIDTH - RIGHT - LEFT);
        }

        private double y(double up) {
            return HEIGHT - BOTTOM - up / high * (HEIGHT - TOP - BOTTOM);
        }
    }

    private static String text(double x, double y, String anchor, String colour, String what) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                colour,
                what.replace("&", "&amp;").replace("<", "&lt;"));
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    static void write(Path file, Paper paper, List<Line> lines) {
        Scale scale = Scale.of(lines);
        StringBuilder svg = new StringBuilder();
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                + " font-family=\"sans-serif\" font-size=\"13\">%n"
                                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
                        WIDTH,
                        HEIGHT));
        svg.append(text(LEFT, 26, "start", "#222", paper.title()));
        svg.append(text(LEFT, 45, "start", "#666", paper.subtitle()));
        for (int i = 0; i <= TICKS; i++) {
            double up = scale.high * i / TICKS;
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\""
                                    + " stroke=\"#ddd\"/>%n",
                            LEFT,
                            scale.y(up),
                            WIDTH - RIGHT,
                            scale.y(up)));
            svg.append(text(LEFT - 8, scale.y(up) + 4, "end", "#222", number(up)));
        }
        int steps = scale.steps();
        for (int i = 0; i <= steps; i++) {
            double across = scale.first + (scale.last - scale.first) * i / steps;
            svg.append(
                    text(scale.x(across), HEIGHT - BOTTOM + 22, "middle", "#222", number(across)));
        }
        svg.append(
                text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 18, "middle", "#222", paper.across()));
        svg.append(text(4, TOP - 6, "start", "#222", paper.up()));
        for (int i = 0; i < lines.size(); i++) {
            line(svg, scale, lines.get(i), i);
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, svg.append("</svg>\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void line(StringBuilder svg, Scale scale, Line line, int index) {
        String colour = COLOURS.get(index % COLOURS.size());
        StringBuilder points = new StringBuilder();
        for (Point point : line.points()) {
            points.append(
                    String.format(
                            Locale.ROOT,
                            "%.1f,%.1f ",
                            scale.x(point.across()),
                            scale.y(point.up())));
        }
        svg.append(
                String.format(
                        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\""
                                + " stroke-width=\"2\"/>%n",
                        points.toString().strip(), colour));
        svg.append(
                text(
                        WIDTH - RIGHT + 12,
                        TOP + 12 + (double) index * LABEL_HEIGHT,
                        "start",
                        colour,
                        line.name()));
    }
}
