/// Which requests are served: what the operator paused, then how many requests one buyer or address
/// may send. Called by `http` before anything of a request is read. Owns no tables.
package me.owlrun.gateway.limit;
