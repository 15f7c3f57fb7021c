package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.Answer;

import java.time.Instant;

/// Where and how an answer is given.
///
/// @param answer the response
/// @param stalled watches writes to buyers
/// @param id letters and digits that no other answer has
/// @param begun when the request came
/// @param changeInline whether the change has to come before the mark of the end
/// @param events whether the client wants server-sent events where lines of JSON are usual
record ReplyPlace(
        Answer answer,
        StalledWrites stalled,
        String id,
        Instant begun,
        boolean changeInline,
        boolean events) {}
