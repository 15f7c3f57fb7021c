/// The client of LND's REST interface. Used by the wiring. Owns no tables.
package me.owlrun.mint.lightning.lnd;
