package io.lossforge.packaging;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** As much of a Kubernetes API as a chart's {@code lookup} of a Secret asks for, on a port of loopback. */
final class ClusterWithSecrets {

    private static final String RESOURCES = """
            {"kind":"APIResourceList","groupVersion":"v1","resources":[
             {"name":"secrets","singularName":"secret","namespaced":true,"kind":"Secret","verbs":["get"]}]}""";
    private static final String NOT_FOUND = """
            {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}""";

    private final KubernetesSerialization json = new KubernetesSerialization();
    private final Map<String, Secret> secrets = new ConcurrentHashMap<>();
    private final HttpServer server;

    ClusterWithSecrets() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api/v1", this::answer);
        server.start();
    }

    /** A kubeconfig that leads here. */
    String kubeconfig() {
        return """
        apiVersion: v1
        kind: Config
        clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
        contexts: [{name: test, context: {cluster: test, user: test}}]
        current-context: test
        users: [{name: test, user: {}}]
        """.formatted(server.getAddress().getPort());
    }

    void put(String namespace, Secret secret) {
        secrets.put(path(namespace, secret.getMetadata().getName()), secret);
    }

    void clear() {
        secrets.clear();
    }

    private static String path(String namespace, String name) {
        return "/api/v1/namespaces/%s/secrets/%s".formatted(namespace, name);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var secret = secrets.get(path);
            if (secret != null) {
                send(exchange, 200, json.asJson(secret));
            } else if (path.equals("/api/v1")) {
                send(exchange, 200, RESOURCES);
            } else {
                send(exchange, 404, NOT_FOUND);
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
