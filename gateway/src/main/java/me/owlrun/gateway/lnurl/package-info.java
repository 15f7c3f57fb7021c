/// Lightning addresses and LNURL-pay (LUD-01, 06, 12, 16, 18, 21): from an address to an invoice
/// that was checked for everything that can be checked without a node. Payouts use it; what was
/// paid before is their business. Owns no tables.
package me.owlrun.gateway.lnurl;
