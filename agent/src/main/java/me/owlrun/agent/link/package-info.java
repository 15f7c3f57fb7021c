/// The link to the gateway: register, open the control channel, keep it alive, reconnect, carry
/// messages between the gateway and the jobs. Wired by `Agent`; shown by `dashboard` through
/// snapshots. Owns no tables.
package me.owlrun.agent.link;
