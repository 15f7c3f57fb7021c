/// The mint, and the leaf packages that the gateway shares with it.
module me.owlrun.mint {
    requires com.fasterxml.jackson.databind;
    requires com.zaxxer.hikari;
    requires io.helidon.webserver;
    requires io.helidon.webserver.websocket;
    requires java.logging;
    requires java.net.http;
    requires java.sql;
    requires org.bouncycastle.provider;
    requires embedded.postgres;
}
