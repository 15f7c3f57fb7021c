/// PostgreSQL: the pool, transactions with retry, migrations, and the embedded server of up.sh and
/// the tests. Used by `*Store` classes and the wiring. Owns the table `schema_history`.
package me.owlrun.db;
