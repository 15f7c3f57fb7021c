/// What goes wrong, in words for the person who runs the node. A leaf: every package of the agent
/// may use it, it uses none. Owns no tables.
package me.owlrun.agent.problem;
