package me.owlrun.gateway.chat;

import java.util.List;

/// Reads the bytes of one node's answer into clean frames. Not thread-safe.
interface FrameReader {

    /// Takes the next bytes and gives the frames that they complete.
    ///
    /// @throws SseParser.EventTooLargeException when the answer grows beyond its limit
    List<NodeFrame> feed(byte[] bytes);

    /// Ends the input.
    List<NodeFrame> end();
}
