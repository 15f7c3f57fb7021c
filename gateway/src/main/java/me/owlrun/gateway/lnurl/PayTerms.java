package me.owlrun.gateway.lnurl;

import me.owlrun.money.Msat;

import java.net.URI;

/// What an LNURL server says about paying to an address (LUD-06).
///
/// @param callback where invoices are made, https
/// @param min the least it takes
/// @param max the most it takes
/// @param metadata the raw text whose hash its invoices carry
/// @param commentChars characters a comment may have, 0 when there is none (LUD-12)
public record PayTerms(URI callback, Msat min, Msat max, String metadata, int commentChars) {}
