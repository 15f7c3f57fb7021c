package me.owlrun.gateway.cloud;

import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.outbound.PublicCalls;

import java.time.InstantSource;

/// What every cloud node needs of the rest.
///
/// @param probe asks a server whether it takes a token
record CloudHelp(
        NodePool pool,
        JobBoard board,
        PublicCalls calls,
        CloudLimits limits,
        CloudProbe probe,
        CloudStore store,
        CloudFigures figures,
        InstantSource clock) {}
