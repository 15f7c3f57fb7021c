/// How long the user of this machine has not touched it: one file per way of asking, a probe that
/// picks what answers here. Uses `local`; asked by `watch`. Owns no tables.
package me.owlrun.agent.idle;
