package me.owlrun.house;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which package may use which: the plan as data, drawn in docs/architecture.md.
final class Arrows {

    private static final String M = "me.owlrun.";
    private static final String MINT = "me.owlrun.mint";
    private static final String GATEWAY = "me.owlrun.gateway";
    private static final String AGENT = "me.owlrun.agent";
    private static final String UP = "me.owlrun.up";

    /// Packages anybody in mint, gateway and up may use; the agent uses none of them.
    private static final Set<String> LEAVES =
            Set.of(M + "cashu", M + "config", M + "db", M + "http", M + "json", M + "money");

    /// What leaves may use.
    private static final Map<String, Set<String>> LEAF_ARROWS =
            Map.of(
                    M + "cashu", Set.of(M + "json", M + "money"),
                    M + "config", Set.of(),
                    M + "db", Set.of(M + "config"),
                    M + "http", Set.of(),
                    M + "json", Set.of(),
                    M + "money", Set.of());

    /// Features of mint, gateway and agent, each with the features of its own module it may use.
    /// The wiring in a module's root package may use all of its features.
    private static final Map<String, Set<String>> FEATURE_ARROWS =
            Map.ofEntries(
                    Map.entry(MINT + ".keys", Set.of("wire")),
                    Map.entry(MINT + ".swap", Set.of("keys", "wire")),
                    Map.entry(MINT + ".quote", Set.of("keys", "swap", "lightning", "wire")),
                    Map.entry(MINT + ".check", Set.of("swap", "wire")),
                    Map.entry(MINT + ".restore", Set.of("keys", "swap", "wire")),
                    Map.entry(MINT + ".info", Set.of("keys", "quote", "wire")),
                    Map.entry(MINT + ".lightning", Set.of("wire")),
                    Map.entry(MINT + ".wire", Set.of()),
                    Map.entry(
                            GATEWAY + ".chat",
                            Set.of("http", "pay", "market", "job", "meter", "ledger", "oracle")),
                    Map.entry(GATEWAY + ".pay", Set.of("http", "ledger", "meter")),
                    Map.entry(
                            GATEWAY + ".node", Set.of("http", "market", "job", "ledger", "oracle")),
                    Map.entry(GATEWAY + ".market", Set.of("http", "meter", "job")),
                    Map.entry(GATEWAY + ".job", Set.of()),
                    Map.entry(GATEWAY + ".meter", Set.of("oracle")),
                    Map.entry(GATEWAY + ".oracle", Set.of("http")),
                    Map.entry(GATEWAY + ".ledger", Set.of()),
                    Map.entry(GATEWAY + ".http", Set.of()),
                    Map.entry(AGENT + ".dashboard", Set.of("duty", "link", "job", "engine")),
                    Map.entry(AGENT + ".link", Set.of("duty", "job", "engine")),
                    Map.entry(AGENT + ".job", Set.of("engine")),
                    Map.entry(AGENT + ".duty", Set.of("machine")),
                    Map.entry(AGENT + ".engine", Set.of()),
                    Map.entry(AGENT + ".machine", Set.of()));

    /// Classes that a service loader makes, so that nothing in the sources names them.
    private static final Set<String> SERVICE_PROVIDERS = Set.of();

    private Arrows() {}

    static boolean allowed(String from, String to) {
        if (LEAVES.contains(from)) {
            return LEAF_ARROWS.getOrDefault(from, Set.of()).contains(to);
        }
        if (LEAVES.contains(to)) {
            return !from.startsWith(AGENT);
        }
        if (from.equals(UP)) {
            return true;
        }
        for (String root : List.of(MINT, GATEWAY, AGENT)) {
            if (to.equals(root) || to.startsWith(root + ".")) {
                return from.equals(root)
                        || FEATURE_ARROWS.getOrDefault(from, Set.of()).stream()
                                .anyMatch(feature ->
                                        from.startsWith(root + ".")
                                                && to.equals(root + "." + feature));
            }
        }
        return false;
    }

    /// What is wrong with a class that uses an outside package, if anything: SQL belongs into
    /// stores and `db`, Helidon into routes, sockets and `http`.
    static Optional<String> outwardBreach(String className, String to) {
        String simple = className.substring(className.lastIndexOf('/') + 1);
        String outer = simple.contains("$") ? simple.substring(0, simple.indexOf('$')) : simple;
        String owner = className.substring(0, className.lastIndexOf('/')).replace('/', '.');
        boolean sqlPlace =
                outer.endsWith("Store")
                        || outer.endsWith("Ledger")
                        || outer.endsWith("Audit")
                        || owner.equals("me.owlrun.db");
        if (to.equals("java.sql") && !sqlPlace) {
            return Optional.of(className + " uses java.sql outside a *Store");
        }
        boolean httpPlace =
                outer.endsWith("Routes")
                        || outer.endsWith("Route")
                        || outer.endsWith("Socket")
                        || owner.endsWith(".http")
                        || owner.endsWith(".wire")
                        || owner.endsWith(".dashboard")
                        || isServiceProvider(className);
        if (to.startsWith("io.helidon") && !httpPlace && !isWiring(owner)) {
            return Optional.of(className + " uses Helidon outside *Routes and http");
        }
        return Optional.empty();
    }

    private static boolean isWiring(String owner) {
        return owner.equals(MINT) || owner.equals(GATEWAY) || owner.equals(AGENT);
    }

    static boolean isServiceProvider(String className) {
        return SERVICE_PROVIDERS.contains(className);
    }
}
