/// Everything on one machine: embedded PostgreSQL, mint, gateway and one agent, started in order
/// and stopped together. Behind scripts/up.sh; nobody calls it. Owns no tables.
package me.owlrun.up;
