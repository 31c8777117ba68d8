package io.lossforge.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client sends, over HTTP. */
final class DatasetRequests {

    private static final String BOUNDARY = "----lossforge";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String address;
    private final int port;

    DatasetRequests(int port) {
        this.port = port;
        this.address = "http://127.0.0.1:" + port;
    }

    /** What came back. */
    record Answer(HttpResponse<byte[]> response) {

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        byte[] body() {
            return response.body();
        }

        String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body());
        }
    }

    /** A file of a form. */
    record Part(String field, String fileName, byte[] content) {}

    Answer get(String path) {
        return get(path, "application/json");
    }

    Answer get(String path, String accept) {
        return send(HttpRequest.newBuilder(URI.create(address + path)).header("Accept", accept));
    }

    Answer delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(address + path)).DELETE());
    }

    Answer upload(Map<String, String> fields, String field, String fileName, byte[] content) {
        return upload(fields, List.of(new Part(field, fileName, content)));
    }

    Answer upload(Map<String, String> fields, List<Part> files) {
        return send(HttpRequest.newBuilder(URI.create(address + "/api/v1/datasets"))
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form(fields, files))));
    }

    private static byte[] form(Map<String, String> fields, List<Part> files) {
        var body = new ByteArrayOutputStream();
        fields.forEach(
                (name, value) -> body.writeBytes("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                        .formatted(BOUNDARY, name, value)
                        .getBytes(StandardCharsets.UTF_8)));
        for (var file : files) {
            body.writeBytes(
                    "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                            .formatted(BOUNDARY, file.field(), file.fileName())
                            .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(file.content());
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes("--%s--\r\n".formatted(BOUNDARY).getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    /** Announces a form, sends half of it and hangs up. */
    void cutOff(String name, byte[] content) throws IOException {
        var form = form(Map.of("name", name), List.of(new Part("file", "x.csv", content)));
        try (var socket = new Socket("127.0.0.1", port)) {
            var out = socket.getOutputStream();
            out.write(head(form.length));
            out.write(form, 0, form.length / 2);
            out.flush();
        }
    }

    /** Announces a form of some length and reads what the service says to that. */
    String announce(long length) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(head(length));
            socket.getOutputStream().flush();
            var answer = new StringBuilder();
            for (int read = 0; read >= 0 && !answer.toString().endsWith("\r\n0\r\n\r\n"); ) {
                read = socket.getInputStream().read();
                answer.append((char) read);
            }
            return answer.toString();
        }
    }

    private static byte[] head(long length) {
        return """
                POST /api/v1/datasets HTTP/1.1\r
                Host: localhost\r
                Content-Type: multipart/form-data; boundary=%s\r
                Content-Length: %d\r
                \r
                """.formatted(BOUNDARY, length).getBytes(StandardCharsets.UTF_8);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
