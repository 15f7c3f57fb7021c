package me.owlrun.gateway.bounty;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Draws what somebody who buys from himself has won, over days.
final class WashPlot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 90;
    private static final int RIGHT = 190;
    private static final int TOP = 60;
    private static final int BOTTOM = 60;
    private static final double MSAT_PER_SAT = 1_000;
    private static final int TICKS = 4;

    private WashPlot() {}

    private record Scale(int days, double low, double high) {

        private double x(int day) {
            return LEFT + (WIDTH - LEFT - RIGHT) * day / (double) (days - 1);
        }

        private double y(double sats) {
            return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (sats - low) / (high - low);
        }
    }

    static String draw(List<List<Long>> lines, List<Long> unbounded) {
        List<Long> all =
                Stream.concat(lines.stream(), Stream.of(unbounded)).flatMap(List::stream).toList();
        Scale scale =
                new Scale(
                        unbounded.size(),
                        all.stream().mapToLong(value -> value).min().orElse(0) / MSAT_PER_SAT,
                        all.stream().mapToLong(value -> value).max().orElse(1) / MSAT_PER_SAT);
        StringBuilder svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" \
                font-family="sans-serif" font-size="13" fill="#222">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="%d" y="26" font-size="16">Buying from oneself loses</text>
                <text x="%d" y="45" fill="#666">what a washer has won, sats; six seeds, 120 \
                days, default settings</text>
                """
                        .formatted(WIDTH, HEIGHT, LEFT, LEFT));
        for (int i = 0; i <= TICKS; i++) {
            double sats = scale.low + (scale.high - scale.low) * i / TICKS;
            svg.append(text(LEFT - 8, scale.y(sats) + 4, "end", "%,.0f".formatted(sats)));
            svg.append(rule(scale, sats, "#dddddd"));
        }
        svg.append(rule(scale, 0, "#222222"));
        lines.forEach(line -> svg.append(path(scale, line, "#1f5fa8")));
        svg.append(path(scale, unbounded, "#c2571a"));
        int last = unbounded.size() - 1;
        double end = WIDTH - RIGHT + 8;
        svg.append(
                text(
                        end,
                        scale.y(unbounded.getLast() / MSAT_PER_SAT) + 4,
                        "start",
                        "m = 1.25 without bound"));
        svg.append(
                text(
                        end,
                        scale.y(lines.getFirst().getLast() / MSAT_PER_SAT) + 4,
                        "start",
                        "with the bound"));
        svg.append(text(scale.x(0), HEIGHT - BOTTOM + 20, "middle", "day 0"));
        svg.append(text(scale.x(last), HEIGHT - BOTTOM + 20, "middle", "day " + (last + 1)));
        return svg.append("</svg>\n").toString();
    }

    private static String rule(Scale scale, double sats, String colour) {
        return String.format(
                Locale.ROOT,
                "<path d=\"M%d %.1fH%d\" stroke=\"%s\"/>%n",
                LEFT,
                scale.y(sats),
                WIDTH - RIGHT,
                colour);
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                text);
    }

    private static String path(Scale scale, List<Long> line, String colour) {
        StringBuilder points = new StringBuilder();
        for (int day = 0; day < line.size(); day++) {
            points.append(
                    String.format(
                            Locale.ROOT,
                            "%s%.1f %.1f",
                            day == 0 ? "M" : "L",
                            scale.x(day),
                            scale.y(line.get(day) / MSAT_PER_SAT)));
        }
        return String.format(
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                points, colour);
    }
}
