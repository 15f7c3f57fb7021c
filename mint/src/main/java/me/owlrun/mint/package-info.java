/// The mint as a program: settings, wiring, start and stop. The only public door for other modules,
/// which may start a mint in their process. Owns no tables; each feature package owns its own.
package me.owlrun.mint;
