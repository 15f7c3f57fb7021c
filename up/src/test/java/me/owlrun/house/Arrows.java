package me.owlrun.house;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which package may use which: the plan as data, drawn in docs/architecture.md.
final class Arrows {

    private static final String M = "me.owlrun.";
    private static final String MINT = "me.owlrun.mint";
    private static final String GATEWAY = "me.owlrun.gateway";
    private static final String AGENT = "me.owlrun.agent";
    private static final String UP = "me.owlrun.up";

    /// Packages anybody in mint, gateway, bench and up may use; the agent uses none of them.
    private static final Map<String, Set<String>> LEAF_ARROWS =
            Map.ofEntries(
                    leaf("batch"),
                    leaf("bech32"),
                    leaf("bolt11", "bech32", "cashu", "hash", "money"),
                    leaf("cashu", "bech32", "hash", "json", "money"),
                    leaf("config"),
                    leaf("db", "config", "hash"),
                    leaf("hash"),
                    leaf("http"),
                    leaf("json"),
                    leaf("limit"),
                    leaf("metrics"),
                    leaf("money"),
                    leaf("operate", "config", "db", "hash"));

    private static final Set<String> LEAVES = LEAF_ARROWS.keySet();

    /// Features of mint, gateway and agent, each with the features of its own module it may use.
    /// The wiring in a module's root package may use all of its features.
    private static final Map<String, Set<String>> FEATURE_ARROWS =
            Map.ofEntries(
                    mint("keys", "http", "outcome"),
                    mint("condition", "outcome"),
                    mint("audit", "http", "outcome"),
                    mint("ledger", "condition", "keys", "outcome", "step"),
                    mint("step"),
                    mint("swap", "http", "keys", "ledger", "outcome", "step"),
                    mint("quote", "http", "keys", "ledger", "lightning", "outcome", "step"),
                    mint("check", "http", "ledger", "outcome"),
                    mint("restore", "http", "keys", "ledger", "outcome"),
                    mint("info", "http", "outcome"),
                    mint("http", "outcome"),
                    mint("lightning"),
                    mint("lightning.node", "lightning"),
                    mint("lightning.lnd", "lightning", "lightning.node"),
                    mint("lightning.phoenixd", "lightning", "lightning.node"),
                    mint("lightning.cln", "lightning", "lightning.node"),
                    mint("outcome"),
                    mint("subscribe", "http", "step"),
                    mint("guard", "http", "lightning", "outcome", "step"),
                    mint("metrics", "http", "step"),
                    mint("admin", "guard", "http", "keys", "lightning", "metrics", "outcome"),
                    gateway(
                            "chat",
                            "http",
                            "instance",
                            "pay",
                            "market",
                            "job",
                            "meter",
                            "ledger",
                            "oracle"),
                    gateway("pay", "http", "instance", "ledger", "meter", "vault"),
                    gateway("vault", "http", "instance", "ledger", "outbound"),
                    gateway("instance"),
                    gateway(
                            "node",
                            "account",
                            "http",
                            "instance",
                            "market",
                            "job",
                            "ledger",
                            "meter",
                            "oracle"),
                    gateway("cloud", "account", "http", "instance", "job", "ledger", "outbound"),
                    gateway("account", "http", "ledger", "meter", "pay", "trust"),
                    gateway("trust", "admin", "economy", "http", "instance", "job", "ledger"),
                    gateway(
                            "probe",
                            "admin",
                            "chat",
                            "instance",
                            "job",
                            "ledger",
                            "market",
                            "meter",
                            "oracle",
                            "trust"),
                    gateway("topup", "account", "http", "instance", "ledger", "pay", "vault"),
                    gateway("job", "routing"),
                    gateway("routing"),
                    gateway("standing", "economy", "http", "instance", "job", "routing"),
                    gateway("economy", "http"),
                    gateway("market", "http", "meter"),
                    gateway("meter", "oracle"),
                    gateway("lnurl", "outbound"),
                    gateway("payout", "account", "http", "instance", "ledger", "lnurl", "vault"),
                    gateway(
                            "free",
                            "economy",
                            "http",
                            "instance",
                            "job",
                            "ledger",
                            "meter",
                            "node",
                            "pay"),
                    gateway("referral", "http", "instance", "ledger"),
                    gateway("oracle", "http", "outbound"),
                    gateway("outbound"),
                    gateway("ledger"),
                    gateway("http"),
                    gateway("limit", "http"),
                    gateway("log", "http"),
                    gateway("metrics", "http"),
                    gateway("notice", "http"),
                    gateway(
                            "bounty",
                            "economy",
                            "http",
                            "instance",
                            "job",
                            "ledger",
                            "meter",
                            "referral"),
                    gateway(
                            "admin", "bounty", "http", "job", "market", "meter", "notice",
                            "oracle"),
                    agent("dashboard", "problem", "wire"),
                    agent("idle", "local"),
                    agent("link", "duty", "engine", "job", "machine", "problem", "wire"),
                    agent("local"),
                    agent("job", "engine", "wire"),
                    agent("engine", "wire"),
                    agent("duty"),
                    agent("machine", "local"),
                    agent("model", "engine", "local", "machine", "problem"),
                    agent("problem"),
                    agent("purse", "job", "problem", "wire"),
                    agent("watch", "idle", "machine"),
                    agent("wire"));

    private static Map.Entry<String, Set<String>> leaf(String leaf, String... uses) {
        return Map.entry(
                M + leaf, Arrays.stream(uses).map(use -> M + use).collect(Collectors.toSet()));
    }

    private static Map.Entry<String, Set<String>> mint(String feature, String... uses) {
        return Map.entry(MINT + "." + feature, Set.of(uses));
    }

    private static Map.Entry<String, Set<String>> gateway(String feature, String... uses) {
        return Map.entry(GATEWAY + "." + feature, Set.of(uses));
    }

    private static Map.Entry<String, Set<String>> agent(String feature, String... uses) {
        return Map.entry(AGENT + "." + feature, Set.of(uses));
    }

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
                        || outer.endsWith("Rows")
                        || outer.equals("Columns")
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
