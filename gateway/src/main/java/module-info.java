/// The gateway, and the leaf packages that the gateway shares with it.
module me.owlrun.gateway {
    requires com.fasterxml.jackson.databind;
    requires io.helidon.webserver;
    requires io.helidon.webserver.websocket;
    requires java.logging;
    requires me.owlrun.mint;
    requires java.net.http;
}
