package me.owlrun.mint.lightning;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Hears what the mint logs, at every level.
final class LogEar extends Handler {

    private static final Logger MINT = Logger.getLogger("me.owlrun.mint");

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private LogEar() {}

    static LogEar listen() {
        LogEar ear = new LogEar();
        ear.setLevel(Level.ALL);
        MINT.setLevel(Level.ALL);
        MINT.addHandler(ear);
        return ear;
    }

    String heard() {
        return String.join("\n", heard);
    }

    @Override
    public void publish(LogRecord line) {
        heard.add(
                line.getMessage()
                        + " "
                        + Arrays.toString(line.getParameters())
                        + " "
                        + line.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        MINT.removeHandler(this);
        MINT.setLevel(null);
    }
}
