package io.lossforge.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.job.JobHeads.Head;
import io.lossforge.job.JobLog;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** What the trainers of a job printed, and nothing else. */
@Component
class LogText implements StreamText {

    static final String CONTENT_TYPE = MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8";

    /** Points are passed over quickly: there may be millions, while a log is never longer than {@code lossforge.jobs.log-limit}. */
    private static final long WINDOW = 1_000_000;

    private final JobLog log;

    LogText(JobLog log) {
        this.log = log;
    }

    @Override
    public String contentType() {
        return CONTENT_TYPE;
    }

    @Override
    public long window() {
        return WINDOW;
    }

    @Override
    public void stored(StringBuilder text, UUID job, long after, long upTo) {
        text.append(log.text(job, after, upTo));
    }

    /** A state is not part of the log. */
    @Override
    public @Nullable Head changes(StringBuilder text, @Nullable Head shown, Head head) {
        return null;
    }

    @Override
    public void end(StringBuilder text, Head head) {
        // The end of the answer says it.
    }

    /** At the beginning of a line no terminal shows it. */
    @Override
    public byte[] keepAlive() {
        return "\r".getBytes(UTF_8);
    }
}
