/// The shape of the mint's HTTP interface: how a JSON request is read, how an answer and an error
/// look. Used by the `*Routes` of all features. Owns no tables.
package me.owlrun.mint.http;
