package me.owlrun.bench;

import me.owlrun.config.ConfigException;

import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/// The harness from the command line: `load`, `curve`, `idle`, `growth` or `gateway`, then flags.
public final class Main {

    private static final int EXIT_USAGE = 2;

    private Main() {}

    /// Runs one command.
    ///
    /// @param args the command and flags
    public static void main(String[] args) {
        String command = args.length == 0 || args[0].startsWith("-") ? "load" : args[0];
        List<String> flags =
                Arrays.stream(args).filter(argument -> argument.startsWith("-")).toList();
        if (flags.contains("--help")) {
            IO.println(
                    "load (the default), curve, idle, growth, gateway; flags as --name=value:\n");
            IO.println(BenchSettings.help());
            return;
        }
        try {
            Bench bench =
                    new Bench(
                            BenchSettings.read(flags), Clock.systemUTC(), line -> IO.println(line));
            switch (command) {
                case "load" -> System.exit(bench.load() ? 0 : 1);
                case "curve" -> new CurveFigures().run(line -> IO.println(line));
                case "idle" -> bench.idle();
                case "growth" -> bench.growth();
                case "gateway" -> bench.gateway();
                case "upstream" -> Upstream.run(line -> IO.println(line));
                default -> throw new BenchException("there is no command " + command);
            }
        } catch (ConfigException | BenchException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_USAGE);
        }
    }
}
