package me.owlrun.gateway.free;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.pay.Funds;
import me.owlrun.gateway.pay.Look;
import me.owlrun.gateway.pay.PaymentMethod;
import me.owlrun.gateway.pay.Refusal;
import me.owlrun.limit.Buckets;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/// Not paying: whoever has neither ecash nor a key is served where a node gives work away. Asked
/// after all ways of paying. Embeddings are not given away.
final class FreeMethod implements PaymentMethod {

    private static final String NOBODY = "";

    private final FreeRules rules;
    private final NodePool pool;
    private final FreeDesk desk;
    private final InstantSource clock;
    private final Buckets requests;

    FreeMethod(FreeRules rules, NodePool pool, FreeDesk desk, InstantSource clock) {
        this.rules = rules;
        this.pool = pool;
        this.desk = desk;
        this.clock = clock;
        this.requests = new Buckets(rules.perMinute());
    }

    @Override
    public Optional<Look<Offer>> offered(PaymentHeaders headers) {
        return pool.anyTaking(node -> node.freeTierPct() > 0)
                ? Optional.of(new Look.Fine<>(new Asking()))
                : Optional.empty();
    }

    /// Somebody who asks for something.
    private final class Asking implements Offer {

        @Override
        public boolean covers(String model, String task, long promptTokens) {
            return !task.equals(Task.EMBEDDING.text())
                    && promptTokens <= rules.promptTokens()
                    && pool.anyTaking(node -> gives(node, model, task));
        }

        @Override
        public Look<Funds> funds() {
            String client = RequestScope.client().orElse(NOBODY);
            Duration wait = requests.take(client, clock.instant());
            if (wait.isPositive()) {
                desk.refused();
                return new Look.Wrong<>(Refusal.until(tooOften(), wait));
            }
            return new Look.Fine<>(new FreeFunds(desk, client, rules.tokens()));
        }
    }

    private static boolean gives(NodeLink node, String model, String task) {
        return node.freeTierPct() > 0
                && node.serves(model)
                && Task.named(Set.of(task)).stream().allMatch(node::does);
    }

    private ApiError tooOften() {
        return ApiError.of(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                "Free are %d requests a minute; pay with X-Cashu for more, or try again after the"
                                .formatted(rules.perMinute())
                        + " seconds in Retry-After.");
    }
}
