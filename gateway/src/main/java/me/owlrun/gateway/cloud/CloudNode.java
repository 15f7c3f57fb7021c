package me.owlrun.gateway.cloud;

import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.Task;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A cloud node as its owner registered it, without its token.
///
/// @param name the owner's word for it
/// @param baseUrl where the server's API begins, without a slash at its end
/// @param models our names, in the owner's order
/// @param upstream for each of them the provider's name
/// @param capacity jobs at the same time, at each gateway
/// @param paused whether it gets no jobs
/// @param problem why the gateway paused it; empty when it did not
/// @param version counts changes
record CloudNode(
        NodeIdentity identity,
        String name,
        URI baseUrl,
        List<String> models,
        Map<String, String> upstream,
        Set<Task> tasks,
        int capacity,
        boolean paused,
        String problem,
        long version,
        Instant createdAt) {

    /// Jobs that a cloud node may run at the same time.
    static final int CAPACITY_MAX = 64;

    CloudPlace place() {
        return new CloudPlace(identity, baseUrl);
    }

    /// The address of a call.
    URI at(String path) {
        return URI.create(baseUrl + path);
    }

    /// The same as another one's.
    CloudNode of(NodeIdentity owner) {
        return new CloudNode(
                owner, name, baseUrl, models, upstream, tasks, capacity, paused, problem, version,
                createdAt);
    }

    /// The same, paused by the gateway.
    CloudNode refused(String why) {
        return new CloudNode(
                identity,
                name,
                baseUrl,
                models,
                upstream,
                tasks,
                capacity,
                true,
                why,
                version + 1,
                createdAt);
    }
}
