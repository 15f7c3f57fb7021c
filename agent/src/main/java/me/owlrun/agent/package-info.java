/// The node as a whole: its flags, its configuration file, and the wiring of its parts. The only
/// package that calls constructors across features; nothing in the agent imports it. Tests of the
/// whole system start [me.owlrun.agent.Agent] in their own process. Owns no tables.
package me.owlrun.agent;
