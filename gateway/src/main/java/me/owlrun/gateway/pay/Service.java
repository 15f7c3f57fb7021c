package me.owlrun.gateway.pay;

import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.ProviderTier;

import java.util.function.Function;

/// A job that was served and has to be billed.
///
/// @param jobId the job
/// @param providerId who served it
/// @param nodeId on which machine
/// @param bill makes the bill for the provider's tier
public record Service(
        String jobId, long providerId, String nodeId, Function<ProviderTier, Bill> bill) {}
