/// The HTTP side that mint and gateway share: one listener with every limit set, CORS, bounded
/// bodies. Knows Helidon, knows nothing of either API. Owns no tables.
package me.owlrun.http;
