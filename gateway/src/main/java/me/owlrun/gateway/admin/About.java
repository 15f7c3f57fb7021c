package me.owlrun.gateway.admin;

import java.time.Instant;

/// What does not change while the gateway runs.
///
/// @param version name and number of the program
/// @param network the money it deals in
/// @param instance its name
/// @param startedAt when it started
public record About(String version, String network, String instance, Instant startedAt) {}
