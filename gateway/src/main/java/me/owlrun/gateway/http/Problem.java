package me.owlrun.gateway.http;

/// Something that keeps the gateway from working fully, for the person who runs it.
///
/// @param code a stable name
/// @param title what is wrong, in a few words
/// @param text what to do about it
public record Problem(String code, String title, String text) {}
