/// Whether the node may work now: looks at the user, the programs, the GPU, the clock and the
/// power, decides by pure rules, tells whoever acts on it. Uses `idle` and `machine`; wired by
/// `Agent`. Owns no tables.
package me.owlrun.agent.watch;
