/// The computer this node runs on: its GPU now, its idle time and disk later; one file per vendor
/// or platform. A leaf, used by `duty`, `link` and `dashboard` through readings only. Owns no
/// tables.
package me.owlrun.agent.machine;
