/// The client of Core Lightning's `clnrest`. Used by the wiring. Owns no tables.
package me.owlrun.mint.lightning.cln;
