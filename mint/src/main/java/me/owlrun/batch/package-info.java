/// Work that many threads hand in one by one and that is done for all of them at once. A leaf: the
/// ledgers of mint and gateway commit with it.
package me.owlrun.batch;
