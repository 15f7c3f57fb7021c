/// What speaks for and against a node: signs of cheating with decay, a running sum over canaries,
/// answers faster than hardware is, jobs taken and lost, what a model's digest should be, and what
/// of a newcomer's earnings waits. `probe` and the wiring use it. Owns `node_trust`, `node_sign`,
/// `canary_rate` and `escrow_forfeit`.
package me.owlrun.gateway.trust;
