/// Jobs this node runs: fetch the request, run it on the engine, hand the answer over, count. The
/// registry of running jobs, their limits, and what they earned live here. Used by `link`, which
/// brings offers and carries messages, and by `dashboard` for figures. Owns no tables.
package me.owlrun.agent.job;
