/// The owner's page on 127.0.0.1: what the node does, what it serves, what it earned, what is
/// wrong, and what the owner can do about it. Wired by `Agent`. Owns no tables.
package me.owlrun.agent.dashboard;
