/// The nodes' side: registration, the control channel, and the two requests of a job. Meets buyers
/// in `job` only. Owns the tables `provider` and `node`; the messages are described in docs/wire.md
/// and seed 000.
package me.owlrun.gateway.node;
