package me.owlrun.gateway.lnurl;

import me.owlrun.bolt11.Invoice;

import java.net.URI;
import java.util.Optional;

/// An invoice that passed every check.
///
/// @param bolt11 its text
/// @param invoice what it says
/// @param verify where its server says whether it was paid (LUD-21): evidence, never proof
public record PayInvoice(String bolt11, Invoice invoice, Optional<URI> verify) {}
