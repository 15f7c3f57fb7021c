/// The price of bitcoin in USD that bills are made with, fixed by a setting for now, and its public
/// page. `meter` and `chat` read it. Owns no tables.
package me.owlrun.gateway.oracle;
