package io.lossforge.metric;

import io.lossforge.Http;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Follows the log of a job in the background. */
public final class FollowedLog implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final HttpResponse<InputStream> response;
    private final StringBuffer text = new StringBuffer();
    private volatile boolean ended;

    private FollowedLog(HttpResponse<InputStream> response) {
        this.response = response;
        var thread = new Thread(this::read, "followed-log");
        thread.setDaemon(true);
        thread.start();
    }

    public static FollowedLog of(Http http, UUID job) {
        try {
            return new FollowedLog(CLIENT.send(
                    http.request("/api/v1/jobs/" + job + "/log?follow=true").build(), BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public HttpHeaders headers() {
        return response.headers();
    }

    /** What came so far, without what only keeps the connection alive. */
    public String text() {
        return text.toString().replace("\r", "");
    }

    /** Whether the service has ended it. */
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        var buffer = new char[1 << 13];
        try (var characters = new InputStreamReader(response.body(), StandardCharsets.UTF_8)) {
            for (int count = characters.read(buffer); count >= 0; count = characters.read(buffer)) {
                text.append(buffer, 0, count);
            }
            ended = true;
        } catch (IOException e) {
            // Closed by the test.
        }
    }
}
