package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.routing.Health;
import me.owlrun.gateway.routing.Market;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// The same router in the real gateway, with 50 nodes over real sockets, shares jobs among kinds of
/// nodes as it does in the simulated market.
final class FiftyNodesTest {

    private static final String MODEL = "m:8b";
    private static final int NODES = 50;
    private static final int JOBS = 4_000;
    private static final int BUYERS = 4;
    private static final int MARKETS = 20;
    private static final Duration WEEK = Duration.ofDays(7);

    /// A kind of node.
    ///
    /// @param online how long it was there before
    /// @param failures of today, beside ten successes
    private record Group(String name, int count, Duration online, int failures) {}

    private static final List<Group> GROUPS =
            List.of(
                    new Group("old", 20, WEEK, 0),
                    new Group("bad", 10, WEEK, 30),
                    new Group("half", 10, WEEK.dividedBy(2), 0),
                    new Group("new", 10, Duration.ZERO, 0));

    @Test
    void shares_inTheGateway_areThoseOfTheMarket() throws Exception {
        Map<String, Double> market = simulated();
        Map<String, Double> real = real();
        double apart = 0;
        for (Group group : GROUPS) {
            apart += Math.abs(share(market, group.name) - share(real, group.name)) / 2;
        }
        String told = "simulated " + market + ", real " + real + ", apart " + apart;
        System.out.println("Shares of jobs: " + told);
        assertTrue(share(market, "new") < 0.7 * share(market, "half"), told);
        assertTrue(apart <= 0.05, told);
    }

    private static double share(Map<String, Double> shares, String group) {
        return shares.getOrDefault(group, 0.0);
    }

    private static Map<String, Double> simulated() {
        Map<String, Double> shares = new TreeMap<>();
        Market.Kind kind = Market.Kind.steady(MODEL, 1, 1_000);
        for (int seed = 1; seed <= MARKETS; seed++) {
            Market market = new Market(seed);
            Map<String, List<Market.Machine>> machines = new TreeMap<>();
            for (Group group : GROUPS) {
                Health.Day today =
                        new Health.Day(
                                LocalDate.of(2026, 1, 1),
                                10,
                                group.failures,
                                0,
                                0,
                                0,
                                Duration.ZERO);
                for (int i = 0; i < group.count; i++) {
                    machines.computeIfAbsent(group.name, _ -> new ArrayList<>())
                            .add(market.join(group.name + i, kind, group.online, List.of(today)));
                }
            }
            market.demand(MODEL, Duration.ofMillis(50));
            market.run(Duration.ofMillis(50L * JOBS));
            double served = market.served();
            machines.forEach((name, group) -> {
                long done = group.stream().mapToLong(Market.Machine::done).sum();
                shares.merge(name, done / served / MARKETS, Double::sum);
            });
        }
        return shares;
    }

    private static Map<String, Double> real() throws Exception {
        Map<String, AtomicInteger> done = new TreeMap<>();
        List<TestNode> nodes = new ArrayList<>();
        try (HttpClient http = HttpClient.newHttpClient();
                TestGateway gateway = TestGateway.start("--standing.write_every=500")) {
            for (Group group : GROUPS) {
                AtomicInteger count = new AtomicInteger();
                done.put(group.name, count);
                for (int i = 0; i < group.count; i++) {
                    nodes.add(
                            TestNode.registered(
                                    http,
                                    gateway.url(),
                                    List.of(MODEL),
                                    Json.object().put("region", group.name),
                                    (node, job) -> {
                                        count.incrementAndGet();
                                        work(node, job);
                                    }));
                }
                givePast(gateway, group);
            }
            assertEquals(NODES, nodes.size());
            nodes.forEach(TestNode::join);
            TestAccount buyer = TestAccount.open(gateway);
            assertEquals("credited", buyer.topUp(5_000).path("state").asText());
            buy(buyer);
            Waiting.until(
                    "what nodes earned is written",
                    () ->
                            TestSql.number(gateway, "SELECT sum(successes) FROM node_day")
                                    == 10L * NODES + JOBS);
            assertEquals(List.of(), gateway.audit());
        } finally {
            nodes.forEach(TestNode::close);
        }
        Map<String, Double> shares = new TreeMap<>();
        done.forEach((name, count) -> shares.put(name, count.get() / (double) JOBS));
        return shares;
    }

    private static void givePast(TestGateway gateway, Group group) {
        TestSql.execute(
                gateway,
                """
                INSERT INTO node_online
                SELECT provider_id, node_id, %d FROM node WHERE region = '%s'
                """
                        .formatted(group.online.toMillis(), group.name));
        TestSql.execute(
                gateway,
                """
                INSERT INTO node_day
                SELECT provider_id, node_id, (now() AT TIME ZONE 'UTC')::date, 10, %d, 0, 0, 0, 0
                FROM node WHERE region = '%s'
                """
                        .formatted(group.failures, group.name));
    }

    private static void work(TestNode node, String job) {
        node.accept(job);
        TestAnswers.HELLO.forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
        node.done(job);
    }

    private static void buy(TestAccount buyer) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> buyers = new ArrayList<>();
            for (int i = 0; i < BUYERS; i++) {
                int first = i;
                buyers.add(
                        threads.submit(() -> {
                            for (int job = first; job < JOBS; job += BUYERS) {
                                var _ = buyer.post("/v1/chat/completions", body(job)).ok();
                            }
                        }));
            }
            for (Future<?> one : buyers) {
                var _ = one.get();
            }
        }
    }

    /// Each job begins a conversation of its own.
    private static String body(int job) {
        return """
        {"model":"%s","max_tokens":5,"messages":[{"role":"user","content":"Job %d"}]}\
        """
                .formatted(MODEL, job);
    }
}
