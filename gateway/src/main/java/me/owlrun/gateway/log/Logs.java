package me.owlrun.gateway.log;

import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Sets up the logs of a process.
public final class Logs {

    /// Libraries that write headers, bodies or values of queries when they are asked for more. Held
    /// here, so that they are not collected with their level.
    private static final List<Logger> LIBRARIES =
            List.of(
                    Logger.getLogger("io.helidon"),
                    Logger.getLogger("org.postgresql"),
                    Logger.getLogger("com.zaxxer.hikari"),
                    Logger.getLogger("jdk.httpclient"),
                    Logger.getLogger("jdk.internal.httpclient"),
                    Logger.getLogger("sun.net"));

    private static final Logger OURS = Logger.getLogger("me.owlrun");

    private Logs() {}

    /// Lets every handler write lines of a format. Libraries stay quiet at every level, because
    /// what they would write is what must not be written.
    ///
    /// @param level the least level of our own lines
    public static void install(LogFormat format, Level level) {
        LineFormatter formatter = new LineFormatter(format);
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFormatter(formatter);
            handler.setLevel(Level.ALL);
        }
        OURS.setLevel(level);
        LIBRARIES.forEach(library -> library.setLevel(Level.WARNING));
    }
}
