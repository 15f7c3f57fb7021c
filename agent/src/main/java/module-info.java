/// The node: serves jobs on a local inference engine and shows one page on loopback.
module me.owlrun.agent {
    requires com.fasterxml.jackson.databind;
    requires io.helidon.webserver;
    requires java.logging;
    requires java.net.http;
}
