/// The computer this node runs on: its GPU, disk, battery and programs; one file per vendor or
/// platform. Uses `local`; used by `link`, `model` and `watch` through readings only. Owns no
/// tables.
package me.owlrun.agent.machine;
