/// What the operator's interfaces of mint and gateway share: the token to show, signs of life, and
/// pauses. Owns no tables; each program has a table `pause` of its own.
package me.owlrun.operate;
