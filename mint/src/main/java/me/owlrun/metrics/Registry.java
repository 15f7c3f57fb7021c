package me.owlrun.metrics;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// All figures there are. Each is asked for its values only when somebody reads them; one that
/// cannot answer is left out.
public final class Registry {

    /// The content type of the text.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Logger LOG = System.getLogger(Registry.class.getName());

    private final List<Supplier<List<Figure>>> sources = new CopyOnWriteArrayList<>();

    /// One without figures.
    public Registry() {}

    /// Adds a source of figures.
    public void add(Supplier<List<Figure>> source) {
        sources.add(source);
    }

    /// All figures as Prometheus reads them.
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Supplier<List<Figure>> source : sources) {
            try {
                source.get().forEach(figure -> figure.write(text));
            } catch (
                    RuntimeException e) { // a missing figure says as much as a wrong one would hide
                LOG.log(Level.WARNING, "A figure could not be taken.", e);
            }
        }
        return text.toString();
    }
}
