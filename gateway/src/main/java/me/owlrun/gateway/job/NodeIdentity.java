package me.owlrun.gateway.job;

/// Which node of which provider.
///
/// @param providerId the provider's number
/// @param nodeId the machine, as it names itself
public record NodeIdentity(long providerId, String nodeId) {}
