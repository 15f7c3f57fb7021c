/// The shape of the gateway's HTTP side: errors, request ids, 405s, the web site, health. Used by
/// the `*Routes` of all features. Owns no tables.
package me.owlrun.gateway.http;
