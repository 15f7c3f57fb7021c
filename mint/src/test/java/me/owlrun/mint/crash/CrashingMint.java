package me.owlrun.mint.crash;

import me.owlrun.mint.Mint;
import me.owlrun.mint.MintSettings;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.testing.ChildJvm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A mint in a process of its own that can be told at which step it shall halt to be killed.
public final class CrashingMint {

    private CrashingMint() {}

    /// Starts the mint, says `ready` and its address, and obeys `arm STEP n` until its standard
    /// input ends.
    ///
    /// @param arguments the clock, `none` or `STEP:n`, then settings
    public static void main(String[] arguments) throws IOException {
        List<String> settings = new ArrayList<>(List.of(arguments));
        FastClock clock = FastClock.parse(settings.removeFirst());
        String armed = settings.removeFirst();
        CrashPoint steps = new CrashPoint(line -> IO.println(ChildJvm.MARK + line));
        if (!armed.equals("none")) {
            arm(steps, armed.split(":", -1));
        }
        try (BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8));
                Mint mint =
                        Mint.start(MintSettings.read(Map.of(), settings), clock.clock(), steps)) {
            IO.println(ChildJvm.MARK + "ready " + mint.url());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                arm(steps, line.split(":", -1));
                IO.println(ChildJvm.MARK + "armed");
            }
        }
    }

    private static void arm(CrashPoint steps, String[] stepAndTimes) {
        steps.arm(Step.valueOf(stepAndTimes[0]), Integer.parseInt(stepAndTimes[1]));
    }
}
