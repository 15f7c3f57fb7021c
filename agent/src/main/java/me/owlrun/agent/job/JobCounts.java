package me.owlrun.agent.job;

/// How the jobs of this run of the agent went, as the node itself saw it.
///
/// @param running jobs running now
/// @param served answered to the end
/// @param failed ended by the engine or the gateway failing
/// @param stopped ended because nobody wanted the answer any more
/// @param tokens what the engine says it read and wrote for served jobs
public record JobCounts(int running, long served, long failed, long stopped, long tokens) {}
