/// What the gateway counts of requests and jobs. Called by the wiring; keeping a figure costs a few
/// nanoseconds and no label comes from outside. Owns no tables.
package me.owlrun.gateway.metrics;
