/// Figures in the text format of Prometheus, for mint and gateway: keeping one costs a few
/// nanoseconds, none is labelled by what strangers send. Owns no tables.
package me.owlrun.metrics;
