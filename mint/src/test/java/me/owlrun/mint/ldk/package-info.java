/// Real Lightning for tests: two LDK nodes on 127.0.0.1 with a channel between them, and a front
/// that speaks the REST of LND over one of them. Test sources only, no shipped artifact has any of
/// it (docs/decisions/0010-ldk-in-tests.md). Owns no tables.
package me.owlrun.mint.ldk;
