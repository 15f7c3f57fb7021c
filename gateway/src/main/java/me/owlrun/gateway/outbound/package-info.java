/// The one client for outbound HTTPS to names that strangers choose. A name is resolved once, every
/// address behind it must be public, and the socket goes to that very address. `lnurl` uses it.
/// Owns no tables.
package me.owlrun.gateway.outbound;
