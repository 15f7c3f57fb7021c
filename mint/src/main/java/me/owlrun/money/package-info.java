/// Money as a type. Owns the whole-millisat amount and its named roundings; uses the JDK only; any
/// package may use it. Owns no tables.
package me.owlrun.money;
