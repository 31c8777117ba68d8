package io.lossforge.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.job.JobHeads.Head;
import io.lossforge.job.JobLog;
import io.lossforge.job.JobState;
import java.time.Instant;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events as text. What is stored carries its sequence number as id. */
@Component
class EventText implements StreamText {

    private static final long WINDOW = 1_000;

    private final MetricPoints points;
    private final JobLog log;
    private final JsonMapper json;

    EventText(MetricPoints points, JobLog log, JsonMapper json) {
        this.points = points;
        this.log = log;
        this.json = json;
    }

    /** Data of the event {@code progress}. */
    record Progress(
            double progress,
            @Nullable Integer epoch,
            @Nullable Long step,
            @Nullable Instant estimatedEnd) {}

    /** Data of the events {@code state} and {@code end}. */
    record State(
            JobState state,
            @Nullable String statusReason,
            @Nullable String statusMessage,
            int attempt) {

        static State of(Head head) {
            return new State(head.state(), head.statusReason(), head.statusMessage(), head.attempt());
        }
    }

    @Override
    public String contentType() {
        return MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8";
    }

    @Override
    public long window() {
        return WINDOW;
    }

    /** Points and log chunks. */
    @Override
    public void stored(StringBuilder text, UUID job, long after, long upTo) {
        var bySequence = new TreeMap<Long, Object>();
        points.between(job, after, upTo).forEach(point -> bySequence.put(point.sequence(), point));
        log.between(job, after, upTo).forEach(chunk -> bySequence.put(chunk.sequence(), chunk));
        bySequence.forEach(
                (sequence, data) -> append(text, data instanceof JobLog.Chunk ? "log" : "metric", sequence, data));
    }

    @Override
    public Head changes(StringBuilder text, @Nullable Head shown, Head head) {
        if (shown == null || shown.progress() != head.progress() || !Objects.equals(shown.step(), head.step())) {
            append(
                    text,
                    "progress",
                    null,
                    new Progress(head.progress(), head.epoch(), head.step(), head.estimatedEnd()));
        }
        if (shown == null || !State.of(shown).equals(State.of(head))) {
            append(text, "state", null, State.of(head));
        }
        return head;
    }

    @Override
    public void end(StringBuilder text, Head head) {
        append(text, "end", null, State.of(head));
    }

    /** A comment. */
    @Override
    public byte[] keepAlive() {
        return ":\n\n".getBytes(UTF_8);
    }

    private void append(StringBuilder text, String event, @Nullable Long id, Object data) {
        if (id != null) {
            text.append("id: ").append(id).append('\n');
        }
        text.append("event: ").append(event).append('\n');
        text.append("data: ").append(json.writeValueAsString(data)).append("\n\n");
    }
}
