/// This gateway among several on one database: its name and lease, and the signal that ends its
/// background work. Owns the table `gateway_instance`.
package me.owlrun.gateway.instance;
