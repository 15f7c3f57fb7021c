package me.owlrun.gateway.cloud;

import java.time.Instant;

/// What last went wrong at a cloud, in words for the owner.
record CloudProblem(String text, Instant at) {}
