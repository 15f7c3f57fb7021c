package me.owlrun.gateway;

import io.helidon.webserver.http.HttpService;

import me.owlrun.config.Settings;
import me.owlrun.gateway.account.Access;
import me.owlrun.gateway.account.AccountRoutes;
import me.owlrun.gateway.account.Accounts;
import me.owlrun.gateway.account.Caller;
import me.owlrun.gateway.chat.ChatLimits;
import me.owlrun.gateway.chat.ChatRoutes;
import me.owlrun.gateway.http.HealthRoutes;
import me.owlrun.gateway.http.ManifestRoutes;
import me.owlrun.gateway.http.OpenApiRoutes;
import me.owlrun.gateway.http.Problem;
import me.owlrun.gateway.http.ReleaseRoutes;
import me.owlrun.gateway.http.SiteRoutes;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.lnurl.LnurlSettings;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.market.ModelsRoutes;
import me.owlrun.gateway.node.Dispatcher;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.node.ProxyRoutes;
import me.owlrun.gateway.node.RegisterRoutes;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.oracle.OracleSettings;
import me.owlrun.gateway.oracle.RateRoutes;
import me.owlrun.gateway.pay.BuyerKeys;
import me.owlrun.gateway.pay.ChangeRoutes;
import me.owlrun.gateway.pay.KeyRequired;
import me.owlrun.gateway.pay.PaymentMethod;
import me.owlrun.gateway.pay.Till;
import me.owlrun.gateway.pay.TokenDesk;
import me.owlrun.gateway.payout.PayoutSettings;
import me.owlrun.gateway.payout.Payouts;
import me.owlrun.gateway.referral.Referrals;
import me.owlrun.gateway.topup.TopupRoutes;
import me.owlrun.gateway.topup.Topups;
import me.owlrun.gateway.trust.Trust;
import me.owlrun.http.HttpListener;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// What answers requests, put together.
///
/// @param operating what surrounds them
/// @param routes in the order in which they are asked
/// @param background what runs until the gateway stops
record Parts(
        Operating operating,
        NodePool pool,
        JobBoard board,
        Dispatcher dispatcher,
        ChatRoutes chat,
        HealthRoutes health,
        List<HttpService> routes,
        List<Runnable> background) {

    private static final Duration MINT_EVERY = Duration.ofSeconds(5);
    private static final Duration PAYOUTS_EVERY = Duration.ofSeconds(2);

    /// @param oracle knows the price of bitcoin
    /// @param accounts knows keys
    static Parts of(
            Core core,
            Catalog catalog,
            NodeStore nodes,
            OracleSettings.Started oracle,
            Accounts accounts,
            Operating operating) {
        Settings settings = core.settings();
        JobBoard board = new JobBoard(settings.get(GatewaySettings.INSTANCE), core.random());
        Economy economy =
                Economy.of(core, catalog, oracle.oracle(), board, chatLimits(settings), operating);
        NodePool pool = economy.pool();
        Payouts payouts = payouts(core, accounts, operating);
        Dispatcher dispatcher = dispatcher(core, nodes, oracle, payouts, operating, board, economy);
        ChatRoutes chat = chat(core, catalog, oracle.oracle(), accounts, board, economy);
        Topups topups = topups(core, accounts);
        Referrals referrals =
                new Referrals(
                        core.database(), core.ledger(), core.random(), core.clock(), core.stop());
        HealthRoutes health =
                new HealthRoutes(operating::problems, pool::countTakingJobs, operating::canServe);
        operating.start(
                new Operating.Watched(
                        pool,
                        board,
                        catalog,
                        oracle.oracle(),
                        dispatcher::tellMaintenance,
                        problems(core, payouts, operating),
                        List.of(new StuckPayouts(payouts)),
                        List.of(new AccountLook(accounts)),
                        accounts.paused(),
                        oracle.fixes(),
                        economy.bounties(),
                        List.of(core.till()::figures, economy::figures),
                        economy.clouds()::reseal,
                        economy.calls()));
        List<HttpService> routes = new ArrayList<>(operating.routes());
        routes.addAll(
                routes(core, catalog, oracle.oracle(), nodes, pool, operating, economy.trust()));
        settings.get(GatewaySettings.RELEASE_DIR).map(ReleaseRoutes::new).ifPresent(routes::add);
        routes.addAll(
                List.of(
                        chat,
                        health,
                        new AccountRoutes(accounts),
                        new TopupRoutes(topups),
                        new ProxyRoutes(dispatcher),
                        payouts.routes(),
                        referrals.routes(bearer -> account(accounts, bearer)),
                        new OpenApiRoutes(),
                        manifest(settings)));
        routes.addAll(economy.routes(bearer -> account(accounts, bearer)));
        routes.add(site(settings));
        List<Runnable> background = new ArrayList<>(operating.backgroundWork());
        background.addAll(
                List.of(chat.stalledWrites(), topups.keeper(), referrals, core.switches()));
        background.addAll(economy.background());
        background.addAll(payouts.backgroundWork());
        oracle.work().ifPresent(background::add);
        return new Parts(operating, pool, board, dispatcher, chat, health, routes, background);
    }

    private static Dispatcher dispatcher(
            Core core,
            NodeStore nodes,
            OracleSettings.Started oracle,
            Payouts payouts,
            Operating operating,
            JobBoard board,
            Economy economy) {
        return new Dispatcher(
                economy.pool(),
                board,
                nodes,
                core.earnings(),
                oracle.oracle(),
                core.clock(),
                new News(operating.broadcasts(), payouts),
                economy.free().karma(),
                core.settings().get(GatewaySettings.RELAY_WAIT),
                core.settings().get(GatewaySettings.NODE_SILENCE));
    }

    private static Topups topups(Core core, Accounts accounts) {
        return new Topups(
                core.settings(),
                core.database(),
                core.ledger(),
                core.till(),
                accounts.gate(),
                core.random(),
                core.clock(),
                core.stop());
    }

    /// What features say is wrong with themselves.
    private static List<Supplier<List<Problem>>> problems(
            Core core, Payouts payouts, Operating operating) {
        return List.of(
                core.till()::problems,
                operating.byTheClock("mint", MINT_EVERY, core.till().vault()::problems),
                operating.byTheClock(
                        "exchange", PAYOUTS_EVERY, core.till().vault().exchanger()::problems),
                operating.byTheClock("payouts", PAYOUTS_EVERY, payouts::problems));
    }

    private static List<HttpService> routes(
            Core core,
            Catalog catalog,
            Oracle oracle,
            NodeStore nodes,
            NodePool pool,
            Operating operating,
            Trust trust) {
        return List.of(
                new ChangeRoutes(core.till().desk(), core.till().cashier()),
                new ModelsRoutes(catalog, pool::nodesByModel),
                new RateRoutes(oracle, GatewaySettings.costMin(core.settings())),
                new RegisterRoutes(
                        nodes,
                        pool,
                        core.settings().get(GatewaySettings.NEW_NODES),
                        operating::newNodesPaused,
                        trust::told,
                        core.clock()));
    }

    /// How to buy here, for programs.
    private static ManifestRoutes manifest(Settings settings) {
        return new ManifestRoutes(
                Operating.VERSION,
                settings.get(GatewaySettings.NETWORK).name().toLowerCase(Locale.ROOT),
                Gateway.mintPublicUrl(settings).toString(),
                settings.get(GatewaySettings.MINT_ALIASES).stream().map(URI::toString).toList(),
                Map.of(
                        "requests_per_minute", settings.get(OperateSettings.REQUESTS),
                        "other_requests_per_minute", settings.get(OperateSettings.OTHERS),
                        "token_sats", settings.get(GatewaySettings.TOKEN_MAX),
                        "token_chars", (long) TokenDesk.TOKEN_CHARS_MAX,
                        "header_bytes", (long) HttpListener.HEADERS_BYTES_MAX,
                        "body_bytes", (long) ChatRoutes.BODY_BYTES_MAX,
                        "job_cost_msats_min", settings.get(GatewaySettings.PRICE_MIN)));
    }

    /// The pages; asked last, as it answers for every path.
    private static SiteRoutes site(Settings settings) {
        return new SiteRoutes(
                Gateway.mintPublicUrl(settings),
                settings.get(GatewaySettings.NETWORK).name().toLowerCase(Locale.ROOT));
    }

    private static ChatRoutes chat(
            Core core,
            Catalog catalog,
            Oracle oracle,
            Accounts accounts,
            JobBoard board,
            Economy economy) {
        Till till = core.till();
        BuyerKeys keys = accounts.buyerKeys();
        boolean keyRequired = core.settings().get(GatewaySettings.KEY_REQUIRED);
        List<PaymentMethod> methods = new ArrayList<>();
        methods.add(keyRequired ? new KeyRequired(till.ecash(), keys) : till.ecash());
        methods.add(till.key(keys));
        if (!keyRequired) {
            methods.addAll(economy.free().methods());
        }
        return new ChatRoutes(
                List.copyOf(methods),
                till.desk().mint(),
                catalog,
                oracle,
                economy.pool(),
                board,
                chatLimits(core.settings()),
                core.random(),
                core.clock(),
                core.stop(),
                till.steps(),
                economy.attempts());
    }

    private static ChatLimits chatLimits(Settings settings) {
        return new ChatLimits(
                settings.get(GatewaySettings.JOB_ACCEPT),
                settings.get(GatewaySettings.JOB_FIRST_BYTE),
                settings.get(GatewaySettings.JOB_SILENCE),
                settings.get(GatewaySettings.JOB_MAX),
                settings.get(GatewaySettings.JOB_NODES).intValue(),
                settings.get(GatewaySettings.WRITE_MAX),
                GatewaySettings.costMin(settings));
    }

    private static Payouts payouts(Core core, Accounts accounts, Operating operating) {
        Settings settings = core.settings();
        boolean real = settings.get(GatewaySettings.NETWORK) == GatewaySettings.Network.BITCOIN;
        return Payouts.of(
                new Payouts.Parts(
                        core.database(),
                        core.ledger(),
                        core.till().vault(),
                        Gateway.mintPublicUrl(settings).toString(),
                        PayoutSettings.rules(settings, real),
                        accounts.escrow()::held,
                        core.random(),
                        core.clock(),
                        operating::payoutsStopped,
                        core.stop()),
                LnurlSettings.lnurl(settings, Gateway.lnurlNetwork(settings), core.clock()),
                accounts.gate());
    }

    private static OptionalLong account(Accounts accounts, String bearer) {
        return accounts.gate().look(Optional.of(bearer)) instanceof Access.Granted(Caller caller)
                ? OptionalLong.of(caller.accountId())
                : OptionalLong.empty();
    }
}
