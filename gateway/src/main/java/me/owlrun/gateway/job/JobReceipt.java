package me.owlrun.gateway.job;

import me.owlrun.money.Msat;

import java.math.BigDecimal;

/// What a node is told when its job is settled.
///
/// @param jobId the job
/// @param model the model that answered
/// @param tokens tokens billed
/// @param earned what the provider got
/// @param earnedUsd the same in USD at the billing rate
public record JobReceipt(
        String jobId, String model, long tokens, Msat earned, BigDecimal earnedUsd) {}
