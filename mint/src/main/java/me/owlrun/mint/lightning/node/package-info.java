/// What all clients of real Lightning nodes share: HTTP with a pinned certificate, credentials from
/// files, streams of lines, the proof of a payment, fee rules. Used by the clients beside it and by
/// the wiring. Owns no tables.
package me.owlrun.mint.lightning.node;
