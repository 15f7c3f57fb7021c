package me.owlrun.gateway.job;

import me.owlrun.money.Msat;

/// What a node is told when its job is settled.
///
/// @param jobId the job
/// @param model the model that answered
/// @param tokens tokens billed
/// @param earned what the provider got
public record JobReceipt(String jobId, String model, long tokens, Msat earned) {}
