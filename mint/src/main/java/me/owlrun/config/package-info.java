/// Configuration: tables of settings, read once from flags, environment and file, every mistake
/// reported together. Any package may use it. Owns no tables.
package me.owlrun.config;
