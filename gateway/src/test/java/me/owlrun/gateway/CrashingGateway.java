package me.owlrun.gateway;

import me.owlrun.gateway.pay.PayStep;
import me.owlrun.mint.testing.ChildJvm;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A gateway in a process of its own that holds payments at a step, so that it can be killed there.
public final class CrashingGateway {

    private CrashingGateway() {}

    /// Starts the gateway, says `ready` and its address, and runs until its standard input ends.
    ///
    /// @param arguments `none` or a step, then settings
    public static void main(String[] arguments) throws IOException {
        List<String> settings = new ArrayList<>(List.of(arguments));
        String step = settings.removeFirst();
        Optional<PayStep> chosen =
                step.equals("none") ? Optional.empty() : Optional.of(PayStep.valueOf(step));
        HeldSteps steps = new HeldSteps(chosen, held -> say("held " + held));
        say("pid " + ProcessHandle.current().pid());
        try (Gateway gateway =
                Gateway.start(GatewaySettings.read(Map.of(), settings), Clock.systemUTC(), steps)) {
            say("ready " + gateway.url());
            while (System.in.read() >= 0) {
                // nothing to obey; its end is the sign
            }
        }
    }

    private static void say(String line) {
        IO.println(ChildJvm.MARK + line);
    }
}
