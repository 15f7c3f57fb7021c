/// The mint dies: real processes, killed at every numbered step and at random under load, two on
/// one database, and a PostgreSQL that loses its power. Nobody calls this package.
package me.owlrun.mint.crash;
