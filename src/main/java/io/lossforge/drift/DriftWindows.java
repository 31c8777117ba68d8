package io.lossforge.drift;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What all servers saw of versions, in windows of five minutes on the database's clock. */
@Component
class DriftWindows {

    /** How far back is looked unless somebody says otherwise. */
    static final Duration USUAL = Duration.ofHours(1);

    /** How long they are kept. */
    static final Duration LONGEST = Duration.ofDays(1);

    private final JdbcClient database;

    DriftWindows(JdbcClient database) {
        this.database = database;
    }

    /** Adds to the present window of a version; nothing if the version is gone. */
    void add(UUID version, Window seen) {
        database.sql("""
                        insert into model_drift_window as present
                            (version_id, began_at, samples, input_counts, input_sums, predicted, probabilities)
                        select id, date_bin('5 minutes', now(), 'epoch'), :samples, :inputCounts, :inputSums, :predicted, :probabilities
                        from model_version where id = :version for key share
                        on conflict (version_id, began_at) do update set
                            samples = present.samples + excluded.samples,
                            input_counts = sum_by_element(present.input_counts, excluded.input_counts),
                            input_sums = sum_by_element(present.input_sums, excluded.input_sums),
                            predicted = sum_by_element(present.predicted, excluded.predicted),
                            probabilities = sum_by_element(present.probabilities, excluded.probabilities)""")
                .param("version", version)
                .param("samples", seen.samples())
                .param("inputCounts", seen.inputCounts())
                .param("inputSums", seen.inputSums())
                .param("predicted", seen.predicted())
                .param("probabilities", seen.probabilities())
                .update();
    }

    /** The sum of a version's windows that began in the last while; empty if it was not asked anything. */
    Optional<Window> last(UUID version, Duration length) {
        return database
                .sql("""
                        select samples, input_counts, input_sums, predicted, probabilities from model_drift_window
                        where version_id = :version and began_at > now() - make_interval(secs => :seconds)""")
                .param("version", version)
                .param("seconds", (double) length.toSeconds())
                .query((row, number) -> window(row))
                .list()
                .stream()
                .reduce(Window::plus);
    }

    private static Window window(ResultSet row) throws SQLException {
        return new Window(
                row.getLong("samples"),
                longs(row.getArray("input_counts")),
                doubles(row.getArray("input_sums")),
                longs(row.getArray("predicted")),
                doubles(row.getArray("probabilities")));
    }

    private static long[] longs(Array array) throws SQLException {
        return Stream.of((Long[]) array.getArray())
                .flatMapToLong(LongStream::of)
                .toArray();
    }

    private static double[] doubles(Array array) throws SQLException {
        return Stream.of((Double[]) array.getArray())
                .flatMapToDouble(DoubleStream::of)
                .toArray();
    }

    /** Those of the versions that have not been deleted. */
    Set<UUID> present(Collection<UUID> versions) {
        return new HashSet<>(database.sql("select id from model_version where id = any (cast(:versions as uuid[]))")
                .param("versions", versions.stream().map(UUID::toString).toArray(String[]::new))
                .query(UUID.class)
                .list());
    }

    /** Removes what is older than any window that can be asked for. */
    void forget() {
        database.sql("delete from model_drift_window where began_at < now() - make_interval(secs => :seconds)")
                .param("seconds", (double) LONGEST.plusHours(1).toSeconds())
                .update();
    }
}
