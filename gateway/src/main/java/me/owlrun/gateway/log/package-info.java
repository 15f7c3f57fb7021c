/// How log lines look, and that nothing secret gets into them whoever writes them. Called by the
/// wiring and `metrics`. Owns no tables.
package me.owlrun.gateway.log;
