/// The one JSON style: strict reading with limits, compact writing, by Jackson's tree model. Any
/// package may use it. Owns no tables.
package me.owlrun.json;
