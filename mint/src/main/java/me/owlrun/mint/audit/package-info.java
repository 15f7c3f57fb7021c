/// Whether the books are right: the checks over all tables, run by hand and by the clock, and what
/// the mint owes. Only the wiring and the operator's interfaces use it. Owns the table `audit_run`.
package me.owlrun.mint.audit;
