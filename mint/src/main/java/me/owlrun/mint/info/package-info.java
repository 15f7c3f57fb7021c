/// What the mint tells of itself (NUT-06). Called by the wiring only. Owns no tables.
package me.owlrun.mint.info;
