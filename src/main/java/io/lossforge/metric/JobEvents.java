package io.lossforge.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossforge.job.JobChanged;
import io.lossforge.job.JobHeads;
import io.lossforge.job.JobHeads.Head;
import io.lossforge.job.JobStored;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Feeds every open stream from the database, so that it does not matter which process trains. One thread looks for all of them: one query
 * tells what is new of all watched jobs, and readers at the same place of the same job share what is read and encoded.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class JobEvents implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(JobEvents.class);
    private static final int MOST_WATCHERS = 2_000;
    private static final int WINDOWS_AT_ONCE = 20;
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration LOOK_AT_MOST_EVERY = Duration.ofMillis(20);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final Duration LONGEST_STALL = Duration.ofMinutes(1);

    private final JobHeads jobs;
    private final Set<JobWatcher> watchers = ConcurrentHashMap.newKeySet();
    private final Semaphore news = new Semaphore(0);
    private volatile boolean running;
    private boolean databaseAway;

    JobEvents(JobHeads jobs) {
        this.jobs = jobs;
    }

    /**
     * Answers a request with a stream, until its job has ended or its reader has gone.
     *
     * @param after sequence number after which it starts
     * @throws ApiException 503 if too many streams are open
     */
    void stream(UUID job, long after, StreamText text, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        requireRoom();
        response.setContentType(text.contentType());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        response.setHeader("X-Accel-Buffering", "no");
        response.flushBuffer(); // the reader knows that it is connected, even when there is nothing to send yet
        var async = request.startAsync(request, response);
        async.setTimeout(0);
        var watcher = new JobWatcher(job, text, after, async);
        watchers.add(watcher);
        watcher.start();
        news.release();
    }

    /** Streams whose readers are not known to have gone. */
    long open() {
        return watchers.stream().filter(watcher -> !watcher.isClosed()).count();
    }

    private void requireRoom() {
        if (watchers.size() >= MOST_WATCHERS) {
            throw ApiException.unavailable(
                    "too-many-streams",
                    "%d streams are open, which is the limit; poll /metrics, or try again".formatted(MOST_WATCHERS),
                    Duration.ofSeconds(10));
        }
    }

    @Override
    public void start() {
        running = true;
        var thread = new Thread(this::feed, "job-events");
        thread.setDaemon(true);
        thread.start();
    }

    /** Before the web server waits for its open requests. */
    @Override
    public void stop() {
        running = false;
        news.release();
        watchers.forEach(JobWatcher::close);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
    void on(JobStored stored) {
        hint(stored.job());
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
    void on(JobChanged changed) {
        hint(changed.job());
    }

    private void hint(UUID job) {
        if (watchers.stream().anyMatch(watcher -> watcher.job().equals(job))) {
            news.release();
        }
    }

    private void feed() {
        try {
            while (running) {
                if (watchers.isEmpty()) {
                    news.acquire();
                } else {
                    news.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                    Thread.sleep(LOOK_AT_MOST_EVERY.toMillis());
                }
                news.drainPermits();
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            watchers.removeIf(JobWatcher::isClosed);
            if (!watchers.isEmpty()) {
                serve(jobs.of(watchers.stream().map(JobWatcher::job).collect(Collectors.toSet())));
            }
            databaseAway = false;
        } catch (DataAccessException | TransactionException e) {
            if (!databaseAway) {
                log.warn("Streams stand still until the database answers: {}", e.getMessage());
                databaseAway = true;
            }
        } catch (RuntimeException e) {
            log.error("A look at what is new failed; every stream depends on this thread, so it looks again", e);
        }
        watchers.forEach(JobEvents::keepAlive);
    }

    private void serve(Map<UUID, Head> heads) {
        boolean behind = true;
        for (int round = 0; behind && round < WINDOWS_AT_ONCE; round++) {
            behind = false;
            Map<Place, Piece> shared = new ConcurrentHashMap<>();
            for (var watcher : watchers) {
                var head = heads.get(watcher.job());
                if (head == null) {
                    watcher.close(); // the job was deleted
                } else if (watcher.isReady()) {
                    var place = new Place(watcher.text(), watcher.job(), watcher.position(), watcher.shown());
                    var piece = shared.computeIfAbsent(place, missing -> piece(missing, head));
                    if (piece.text().length > 0 || piece.last() || piece.position() > watcher.position()) {
                        watcher.send(piece.text(), piece.position(), piece.shown(), piece.last());
                    }
                    behind |= piece.position() < head.lastSequence();
                }
            }
        }
        if (behind) {
            news.release();
        }
    }

    /** What comes next for all readers at a place. */
    private Piece piece(Place place, Head head) {
        // A reader that says it knows more than there is gets what comes from now on.
        long from = Math.min(place.position(), head.lastSequence());
        long upTo = Math.min(head.lastSequence(), from + place.text().window());
        var piece = new StringBuilder();
        if (upTo > from) {
            place.text().stored(piece, place.job(), from, upTo);
        }
        if (upTo < head.lastSequence()) {
            return new Piece(bytes(piece), upTo, place.shown(), false);
        }
        var shown = place.text().changes(piece, place.shown(), head);
        if (head.state().isFinished()) {
            place.text().end(piece, head);
        }
        return new Piece(bytes(piece), upTo, shown, head.state().isFinished());
    }

    private static byte[] bytes(StringBuilder piece) {
        return piece.toString().getBytes(UTF_8);
    }

    private static void keepAlive(JobWatcher watcher) {
        if (watcher.stalledNanos() > LONGEST_STALL.toNanos()) {
            watcher.close();
        } else if (watcher.isReady() && watcher.idleNanos() > KEEP_ALIVE.toNanos()) {
            watcher.send(watcher.text().keepAlive(), watcher.position(), watcher.shown(), false);
        }
    }

    /** Where a reader is. */
    private record Place(
            StreamText text,
            UUID job,
            long position,
            @Nullable Head shown) {}

    /** What comes next there. */
    private record Piece(
            byte[] text, long position, @Nullable Head shown, boolean last) {}
}
