package me.owlrun.agent;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// What stands on the command line.
sealed interface Flags {
    /// How to call the program.
    String USAGE =
            """
            Usage: owlrun [flags]             run the node
                   owlrun COMMAND [--config FILE]
            Commands, for a node that runs already:
              status           what it does, serves and earned
              pause [MINUTES]  take no more jobs; those that run may end
              resume           end a pause
              drain            pause, and wait until no job runs
              doctor           check everything that is needed to earn
              models           the models there are
              withdraw [SATS]  take earnings out as ecash; all without a number
              logs             the last lines of its log
              dashboard        print the link that opens its page with all rights
              uninstall        how to remove it
            Flags:
              --headless       run without system tray (which this build does not have), for servers
              --mock           use the built-in mock engine; nothing else is needed
              --config FILE    configuration file instead of ~/.owlrun/owlrun.conf
              --port N         port of the page on 127.0.0.1 instead of [dashboard] port; 0 is any
              --help-config    print every setting of the configuration file
              --selfcheck      start once with the mock engine, ask for the page, stop
              --version, -v    print version and network
              --help, -h       print this
            """;

    /// Print this text and leave.
    ///
    /// @param text what to print
    record Print(String text) implements Flags {}

    /// Run the node.
    ///
    /// @param headless whether the tray is not wanted
    /// @param mock whether the mock engine is wanted
    /// @param config the configuration file, if not the default
    /// @param port the dashboard's port, if not the file's
    record Run(boolean headless, boolean mock, Optional<Path> config, Optional<Integer> port)
            implements Flags {
        private static final Run PLAIN = new Run(false, false, Optional.empty(), Optional.empty());
    }

    /// Start once, look whether all answers, leave.
    record Check() implements Flags {}
    /// Steer the node that runs already.
    ///
    /// @param command one of [Commands#NAMES]
    /// @param words what stands behind it
    /// @param config the node's configuration file, if not the default
    record Steer(String command, List<String> words, Optional<Path> config) implements Flags {}

    /// The command line cannot be understood.
    ///
    /// @param why one sentence
    record Wrong(String why) implements Flags {}

    /// Reads the command line; a value may stand behind `=` or as the next word.
    static Flags read(List<String> words) {
        Run run = Run.PLAIN;
        Deque<String> rest = new ArrayDeque<>(words);
        if (!rest.isEmpty() && Commands.NAMES.contains(rest.getFirst())) {
            return steer(rest.removeFirst(), rest);
        }
        while (!rest.isEmpty()) {
            String flag = nextFlag(rest);
            switch (flag) {
                case "--version", "-v" -> {
                    return new Print(Build.current().line());
                }
                case "--help", "-h" -> {
                    return new Print(USAGE.stripTrailing());
                }
                case "--help-config" -> {
                    return new Print(Settings.markdown().stripTrailing());
                }
                case "--selfcheck" -> {
                    return new Check();
                }
                case "--headless" -> run = new Run(true, run.mock, run.config, run.port);
                case "--mock" -> run = new Run(run.headless, true, run.config, run.port);
                case "--config", "--port" -> {
                    String value = rest.isEmpty() ? "" : rest.removeFirst();
                    Optional<Run> with =
                            flag.equals("--port") ? port(run, value) : config(run, value);
                    if (with.isEmpty()) {
                        return wrongValue(flag);
                    }
                    run = with.get();
                }
                default -> {
                    return new Wrong("Unknown flag " + flag + ".");
                }
            }
        }
        return run;
    }

    private static Flags steer(String command, Deque<String> rest) {
        List<String> words = new ArrayList<>();
        Run run = Run.PLAIN;
        while (!rest.isEmpty()) {
            String word = nextFlag(rest);
            if (word.equals("--config")) {
                Optional<Run> with = config(run, rest.isEmpty() ? "" : rest.removeFirst());
                if (with.isEmpty()) {
                    return wrongValue(word);
                }
                run = with.get();
            } else if (word.startsWith("-")) {
                return new Wrong("Unknown flag " + word + ".");
            } else {
                words.add(word);
            }
        }
        return words.size() > 1
                ? new Wrong("Too many words behind " + command + ".")
                : new Steer(command, words, run.config);
    }

    /// Takes the next word; of `--flag=value` the value goes back as a word of its own.
    private static String nextFlag(Deque<String> rest) {
        String word = rest.removeFirst();
        int equals = word.indexOf('=');
        if (!word.startsWith("--") || equals < 0) {
            return word;
        }
        rest.addFirst(word.substring(equals + 1));
        return word.substring(0, equals);
    }

    private static Optional<Run> port(Run run, String value) {
        return Settings.DASHBOARD_PORT.kind().allows(value)
                ? Optional.of(
                        new Run(
                                run.headless,
                                run.mock,
                                run.config,
                                Optional.of(Integer.valueOf(value))))
                : Optional.empty();
    }

    private static Optional<Run> config(Run run, String value) {
        try {
            return value.isEmpty() || value.startsWith("--")
                    ? Optional.empty()
                    : Optional.of(
                            new Run(run.headless, run.mock, Optional.of(Path.of(value)), run.port));
        } catch (InvalidPathException unusable) {
            return Optional.empty();
        }
    }

    private static Wrong wrongValue(String flag) {
        return flag.equals("--port")
                ? new Wrong("--port needs " + Settings.DASHBOARD_PORT.kind().allowed() + ".")
                : new Wrong("--config needs the path of a file.");
    }
}
