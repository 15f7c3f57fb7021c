/// Whether this node may take a job now: pure rules, no sockets, no threads of its own. Asked by
/// `link`, set by `Agent`, shown by `dashboard`. Owns no tables.
package me.owlrun.agent.duty;
