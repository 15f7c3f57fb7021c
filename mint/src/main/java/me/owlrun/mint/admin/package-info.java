/// What the operator sees and does: the admin interface on a port of its own, and the health of the
/// mint. Called by the wiring only. Reads the tables of other features, owns none.
package me.owlrun.mint.admin;
