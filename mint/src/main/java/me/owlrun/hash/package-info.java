/// Hashing without ceremony. A leaf: uses the JDK only; any package may use it. Owns no tables.
package me.owlrun.hash;
