package me.owlrun.gateway.node;

import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.JobEvent;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.oracle.Oracle;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
/// @param relayWaitMax how long a node waits for a slow buyer before the job is given up
public record Dispatcher(
        NodePool pool,
        JobBoard board,
        NodeStore nodes,
        EarningStore earnings,
        Oracle oracle,
        InstantSource clock,
        Duration relayWaitMax) {

    private static final LocalDate BEGINNING = LocalDate.of(2009, 1, 3);

    /// Carries a message of a node to the job it is about.
    void dispatch(NodeSession session, NodeMessage message) throws InterruptedException {
        switch (message) {
            case NodeMessage.Heartbeat(boolean draining) -> {
                session.draining(draining);
                session.send(GatewayMessage.heartbeatAck(figures(session)));
            }
            case NodeMessage.Accept(String id) -> put(session, id, new JobEvent.Accepted());
            case NodeMessage.Reject(String id, String reason) ->
                    put(session, id, new JobEvent.Rejected(reason));
            case NodeMessage.ProxyChunk(String id, String data) ->
                    put(session, id, new JobEvent.Bytes(data.getBytes(StandardCharsets.UTF_8)));
            case NodeMessage.ProxyDone(String id) -> put(session, id, new JobEvent.Done());
            case NodeMessage.ProxyError(String id, String code, boolean retryable) ->
                    put(session, id, new JobEvent.Failed(code, retryable));
            case NodeMessage.Pong() -> {}
            case NodeMessage.Ignored() -> {}
        }
    }

    private void put(NodeSession session, String jobId, JobEvent event)
            throws InterruptedException {
        Optional<Job> job = board.find(jobId, session);
        if (job.isPresent() && put(job.get(), event) == Job.Put.STALLED) {
            session.cancel(jobId);
        }
    }

    /// Hands an event to a job's buyer; a buyer that makes no room in time loses the job.
    Job.Put put(Job job, JobEvent event) throws InterruptedException {
        Job.Put put = job.put(event, relayWaitMax);
        if (put == Job.Put.STALLED) {
            board.close(job);
        }
        return put;
    }

    private GatewayMessage.Figures figures(NodeSession session) {
        long provider = session.identity().providerId();
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new GatewayMessage.Figures(
                earnings.between(provider, today, today),
                earnings.between(provider, BEGINNING, today),
                nodes.balance(provider),
                board.size(),
                oracle.billingRate(),
                oracle.status());
    }
}
