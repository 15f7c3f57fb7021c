/// The clients of the outside. One for HTTPS to names that strangers choose: a name is resolved
/// once, every address behind it must be public, and the socket goes to that very address; `lnurl`
/// uses it. One for a server that the operator has named, over kept connections; `vault` uses it.
/// Owns no tables.
package me.owlrun.gateway.outbound;
