/// The gateway: starts, wires and stops all parts. Only these classes call constructors across
/// features. Owns no tables.
package me.owlrun.gateway;
