/// Lightning invoices (BOLT 11) as text: reading with every check, writing. A leaf without I/O:
/// uses the JDK, `me.owlrun.cashu` for the curve and `me.owlrun.money`; the mint and its backends
/// use it. Owns no tables.
package me.owlrun.bolt11;
