/// Where buyers and nodes meet: which nodes are here, a job offered to one of them, and the bounded
/// relay of what the node sends. `chat` is the buyer's side, `node` the node's; they know only this
/// package of each other. Owns no tables.
package me.owlrun.gateway.job;
