/// The numbered places at which a crash has to be harmless. Every feature package that moves money
/// uses it. Owns no tables.
package me.owlrun.mint.step;
