package io.lossforge.metric;

import io.lossforge.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of server-sent events in the background. */
public final class EventStreamReader implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final HttpResponse<InputStream> response;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    private record Event(String id, String name, JsonNode data) {}

    private EventStreamReader(HttpResponse<InputStream> response) {
        this.response = response;
        var thread = new Thread(this::read, "event-stream-reader");
        thread.setDaemon(true);
        thread.start();
    }

    public static EventStreamReader open(Http http, String path, String lastEventId) {
        try {
            var request = lastEventId == null ? http.request(path) : http.request(path, "Last-Event-ID", lastEventId);
            return new EventStreamReader(CLIENT.send(request.build(), BodyHandlers.ofInputStream()));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public HttpHeaders headers() {
        return response.headers();
    }

    /** Ids of the events of that name, in order. */
    public List<Long> ids(String name) {
        return events.stream()
                .filter(event -> event.name().equals(name))
                .map(event -> Long.valueOf(event.id()))
                .toList();
    }

    /** Names of all events, in order. */
    public List<String> names() {
        return events.stream().map(Event::name).toList();
    }

    /** Data of the newest event of that name. */
    public JsonNode last(String name) {
        return events.stream()
                .filter(event -> event.name().equals(name))
                .reduce((first, second) -> second)
                .orElseThrow()
                .data();
    }

    /** Whether the service has closed the stream. */
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String id = "";
            String name = "";
            var batch = new java.util.ArrayList<Event>();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    batch.add(new Event(id, name, JsonMapper.shared().readTree(line.substring(6))));
                }
                if (!lines.ready()) {
                    events.addAll(batch);
                    batch.clear();
                }
            }
            events.addAll(batch);
            ended = true;
        } catch (IOException e) {
            // Closed by the test.
        }
    }
}
