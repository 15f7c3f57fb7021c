/// Limits by client: networks, the client's address behind trusted proxies, token buckets. Knows
/// nothing of HTTP but the names of two headers. Owns no tables.
package me.owlrun.limit;
