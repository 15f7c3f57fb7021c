package me.owlrun.gateway.node;

import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.JobEvent;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.NodeVitals;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.oracle.Oracle;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// What a control channel needs of the rest of the gateway: carries what a node says to its jobs
/// and makes the figures it is told. One for all nodes.
///
/// @param pool the connected nodes
/// @param board the open jobs
/// @param nodes the registered nodes
/// @param earnings what providers earned
/// @param oracle the rate
/// @param clock tells the day
/// @param news what nodes are told besides
/// @param karma what providers gave for nothing
/// @param relayWaitMax how long a node's own request waits for a slow buyer
/// @param silenceMax silence after which a control channel counts as dead
public record Dispatcher(
        NodePool pool,
        JobBoard board,
        NodeStore nodes,
        EarningStore earnings,
        Oracle oracle,
        InstantSource clock,
        NodeNews news,
        Karma karma,
        Duration relayWaitMax,
        Duration silenceMax) {

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private static final LocalDate BEGINNING = LocalDate.of(2009, 1, 3);

    /// Carries a message of a node to the job it is about.
    void dispatch(NodeSession session, NodeMessage message) throws InterruptedException {
        switch (message) {
            case NodeMessage.Heartbeat(NodeVitals vitals) -> {
                if (session.beat(vitals)) {
                    acknowledge(session);
                }
            }
            case NodeMessage.Accept(String id) -> put(session, id, new JobEvent.Accepted());
            case NodeMessage.Reject(String id, String reason) ->
                    put(session, id, new JobEvent.Rejected(reason));
            case NodeMessage.ProxyChunk(String id, String data) ->
                    put(session, id, new JobEvent.Bytes(data.getBytes(StandardCharsets.UTF_8)));
            case NodeMessage.ProxyDone(String id) -> put(session, id, new JobEvent.Done());
            case NodeMessage.ProxyError(String id, String code, boolean retryable) ->
                    put(session, id, new JobEvent.Failed(code, retryable || !isFinal(code)));
            case NodeMessage.Resume(List<String> ids) -> resume(session, ids);
            case NodeMessage.Pong() -> {}
            case NodeMessage.Ignored() -> {}
        }
    }

    /// Whether a node may say that no other node could do better.
    private static boolean isFinal(String code) {
        return code.equals("bad_request");
    }

    private void put(NodeSession session, String jobId, JobEvent event)
            throws InterruptedException {
        Optional<Job> job = board.find(jobId, session);
        if (job.isPresent() && job.get().putShared(event) == Job.Put.STALLED) {
            session.cancel(jobId);
        }
    }

    /// Stops what a node that is back still works on: its buyers were told that it is gone.
    private void resume(NodeSession session, List<String> jobIds) {
        jobIds.stream().filter(id -> board.find(id, session).isEmpty()).forEach(session::cancel);
    }

    /// Tells a node of this gateway that it is in maintenance, or no longer.
    ///
    /// @param reason what it is told; empty when it gets jobs again
    public void tellMaintenance(NodeIdentity node, String reason) {
        if (pool.find(node).orElse(null) instanceof NodeSession session) {
            session.maintain(reason);
        }
    }

    /// Without the database there is nothing to tell; the node's connection and jobs go on.
    private void acknowledge(NodeSession session) {
        try {
            session.send(GatewayMessage.heartbeatAck(figures(session), session.units()));
        } catch (DatabaseException e) {
            LOG.log(System.Logger.Level.WARNING, "a heartbeat was not acknowledged", e);
        }
    }

    private String status(NodeSession session) {
        return session.maintenance().isPresent()
                ? "maintenance"
                : pool.restOf(session.identity()).orElse("online");
    }

    private GatewayMessage.Figures figures(NodeSession session) {
        long provider = session.identity().providerId();
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new GatewayMessage.Figures(
                status(session),
                earnings.between(provider, today, today),
                earnings.between(provider, BEGINNING, today),
                nodes.balance(provider),
                board.size(),
                BtcFigures.of(oracle),
                karma.of(provider),
                news.broadcasts(provider),
                news.withdrawals(provider));
    }
}
