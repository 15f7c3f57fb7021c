/// What keeps strangers from using the mint up: limits per client address, unpaid quotes, look-ups
/// at the Lightning node; and the operator's pauses. Called by the wiring and `admin`. Owns the
/// table `pause`.
package me.owlrun.mint.guard;
