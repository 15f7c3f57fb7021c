/// What this node and the gateway say to each other, as documents: the messages of the control
/// channel, the registration, the provider key, and bounded reading of what comes back. Both sides
/// read the same golden files (`src/test/resources/wire`); no class crosses the wire. Used by `job`
/// and `link`. Owns no tables.
package me.owlrun.agent.wire;
