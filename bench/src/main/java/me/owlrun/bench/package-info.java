/// A load harness for any Cashu mint on this machine, by URL, and figures of our own. Uses the leaf
/// packages only, so that it knows no more of our mint than of others. Speaks HTTP over plain
/// sockets: the generator shares its cores with the mint. Owns no tables.
package me.owlrun.bench;
