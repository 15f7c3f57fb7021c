/// The owner's page on 127.0.0.1: what the node does, what it serves, what it earned, what is
/// wrong. Reads snapshots, changes nothing. Wired by `Agent`. Owns no tables.
package me.owlrun.agent.dashboard;
