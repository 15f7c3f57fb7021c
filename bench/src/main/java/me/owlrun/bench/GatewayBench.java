package me.owlrun.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Our gateway under load: added latency, requests per second, streams, memory.
final class GatewayBench {

    private final GatewayPlace place;
    private final InstantSource clock;
    private final Consumer<String> screen;
    private final CpuWatch cpu;

    GatewayBench(GatewayPlace place, InstantSource clock, Consumer<String> screen) {
        this.place = place;
        this.clock = clock;
        this.screen = screen;
        Map<String, Long> programs = new LinkedHashMap<>();
        programs.put("gateway", place.gateway().pid());
        programs.put("mint", place.mintPid());
        programs.put("postgres", place.postgresPid());
        programs.put("upstream", place.upstreamPid());
        programs.put("harness", ProcessHandle.current().pid());
        this.cpu = new CpuWatch(programs);
    }

    /// The ecash path alone, for a profile.
    void ecash(Duration phase, List<Integer> clients) {
        place.connectNodes(4, 256);
        place.awaitFloat();
        screen.accept(Result.HEAD);
        for (String unit : List.of("msat", "sat")) {
            TokenSupply warm = TokenSupply.mint(place.mintUrl(), unit, 64, 300, clock);
            var _ = load(ChatTarget.paid("warm", place.gatewayUrl(), warm), 8, phase);
            for (int count : clients) {
                long amount = unit.equals("sat") ? 64 : 4096;
                TokenSupply tokens = TokenSupply.mint(place.mintUrl(), unit, amount, 2_500, clock);
                ChatTarget target = ChatTarget.paid("ecash " + unit, place.gatewayUrl(), tokens);
                screen.accept(load(target, count, phase).row());
            }
        }
    }

    private Result load(ChatTarget target, int clients, Duration phase) {
        List<ChatWorker> workers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            workers.add(new ChatWorker(target, true));
        }
        return new Phase(cpu, phase).run(target.name(), workers);
    }
}
