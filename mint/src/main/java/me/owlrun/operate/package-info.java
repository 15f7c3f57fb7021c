/// What the operator's interfaces of mint and gateway share: the token to show, and signs of life.
/// Owns no tables.
package me.owlrun.operate;
