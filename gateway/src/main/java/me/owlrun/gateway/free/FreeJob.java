package me.owlrun.gateway.free;

import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.meter.Usage;

import java.time.LocalDate;

/// A job that was given away.
///
/// @param karmaTokens the tokens of its answer that count
/// @param day in UTC; more of the time is not kept
record FreeJob(
        String jobId,
        NodeIdentity node,
        String model,
        Usage usage,
        long karmaTokens,
        LocalDate day) {}
