package me.owlrun.up;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.ConfigException;
import me.owlrun.db.DatabaseException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The command behind scripts/up.sh: starts everything, or prints a play-money token.
public final class Main {

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private Main() {}

    /// Runs until it is stopped, or prints a token.
    ///
    /// @param arguments see [Options#USAGE]
    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        if (list.contains("--help") || list.contains("-h")) {
            IO.println(Options.USAGE);
            return;
        }
        try {
            if (!list.isEmpty() && list.getFirst().equals("token")) {
                IO.println(token(list.subList(1, list.size())));
            } else if (list.equals(List.of("trial"))) {
                trial();
            } else {
                run(Options.of(Options.flags(list)));
            }
        } catch (UpException | DatabaseException | ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(e instanceof UpException ? EXIT_USAGE : EXIT_FAILED);
        }
    }

    /// Runs until its input ends, which is how scripts/up.sh asks it to stop: a signal would reach
    /// the embedded database at the same time as the parts that still write to it.
    private static void run(Options options) throws InterruptedException {
        try (Local local = new Local();
                Stack stack = new Stack(options, local, Main::say)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
            Thread.ofVirtual().name("stop").start(() -> closeAtEndOfInput(stack));
            stack.start();
            IO.println("ready " + options.gatewayUrl());
            stack.awaitEnd();
        }
    }

    /// Starts everything once on free ports and a folder that is thrown away: the last step of a
    /// build, which shows that it runs and leaves behind what makes later starts fast.
    private static void trial() throws IOException {
        Path data = Files.createTempDirectory("owlrun-trial");
        try (Local local = new Local();
                Stack stack = new Stack(Options.trial(data), local, _ -> {})) {
            Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
            stack.start();
        } finally {
            delete(data);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void say(String text) {
        System.err.println(text);
    }

    private static void closeAtEndOfInput(Stack stack) {
        try {
            var _ = System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("The input broke off; stopping.");
        }
        stack.close();
    }

    private static String token(List<String> arguments) throws Exception {
        if (arguments.isEmpty()) {
            throw new UpException("How many sats? For example: scripts/up.sh token 100");
        }
        Map<String, String> flags = Options.flags(arguments.subList(1, arguments.size()));
        Options options = Options.of(flags);
        Path urlFile = options.data().resolve("mint.url");
        if (!Files.exists(urlFile)) {
            throw new UpException("Nothing runs on " + options.data() + "; start scripts/up.sh.");
        }
        CurrencyUnit unit =
                CurrencyUnit.ofText(flags.getOrDefault("--unit", "sat"))
                        .orElseThrow(() -> new UpException("--unit takes sat or msat."));
        try (Local local = new Local()) {
            return new PlayToken(local, Files.readString(urlFile).strip())
                    .mint(sats(arguments.getFirst()), unit);
        }
    }

    private static long sats(String text) {
        try {
            long sats = Long.parseLong(text);
            if (sats >= 1 && sats <= PlayToken.SATS_MAX) {
                return sats;
            }
        } catch (NumberFormatException e) {
            throw new UpException("The number of sats is a whole number.", e);
        }
        throw new UpException("The number of sats goes from 1 to " + PlayToken.SATS_MAX + ".");
    }
}
