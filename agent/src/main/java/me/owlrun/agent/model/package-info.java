/// The models of this machine's Ollama: starts it if need be, chooses, downloads, keeps warm,
/// unloads, guards the disk. Uses `engine` and `machine`; wired by `Agent`. Owns no tables.
package me.owlrun.agent.model;
