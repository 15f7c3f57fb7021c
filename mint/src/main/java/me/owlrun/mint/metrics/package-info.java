/// What the mint counts. Called by the wiring and `admin`; keeping a figure costs a few
/// nanoseconds. Owns no tables.
package me.owlrun.mint.metrics;
