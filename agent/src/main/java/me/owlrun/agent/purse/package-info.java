/// The money this node knows of, on its own disk: what each job earned, and the ecash taken out.
/// Append-only and whole after any crash. Uses `job` and `wire`; wired by `Agent`. Owns no tables.
package me.owlrun.agent.purse;
