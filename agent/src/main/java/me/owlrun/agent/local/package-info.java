/// Talking with the other programs of this machine: commands, unix sockets, D-Bus. A leaf, used by
/// `idle`, `machine` and `model`. Owns no tables.
package me.owlrun.agent.local;
