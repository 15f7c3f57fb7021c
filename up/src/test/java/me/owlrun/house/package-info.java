/// The house rules as tests: they read the sources and class files of every module. Nobody calls
/// this package; it owns no tables.
package me.owlrun.house;
