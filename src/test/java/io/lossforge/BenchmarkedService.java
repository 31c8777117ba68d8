package io.lossforge;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The service with a database of its own that writes to disk, as the demo has it, and a way to say how long things take and which indexes
 * they use.
 */
public final class BenchmarkedService implements AutoCloseable {

    /** Sizes are divided by it, for a look in a hurry; 1 unless the environment says otherwise. */
    private static final long DIVISOR = Long.parseLong(System.getenv().getOrDefault("BENCHMARK_DIVISOR", "1"));

    private final ConfigurableApplicationContext context;
    private final JdbcClient database;
    private final Path log;
    private boolean explains;

    /** Without a worker. */
    public BenchmarkedService() throws IOException {
        this("server");
    }

    /** @param roles as {@code lossforge.roles} has them */
    public BenchmarkedService(String roles) throws IOException {
        var directory = Files.createTempDirectory("benchmark");
        log = directory.resolve("postgres/server.log");
        context = new SpringApplicationBuilder(Lossforge.class)
                .run(
                        "--server.port=0",
                        "--lossforge.roles=" + roles,
                        "--lossforge.data-directory=" + directory,
                        "--spring.datasource.hikari.maximum-pool-size=20");
        database = bean(JdbcClient.class);
        database.sql("alter system set fsync = on").update();
        database.sql("select pg_reload_conf()").query(Boolean.class).single();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public JdbcClient database() {
        return database;
    }

    /** Calls it. */
    public Http http() {
        return new Http(port());
    }

    /** On loopback. */
    public int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** @return {@code size}, or less where the environment variable {@code BENCHMARK_DIVISOR} says so */
    public static long scaled(long size) {
        return size / DIVISOR;
    }

    /** Asks for a path again and again. */
    public void report(String what, int times, String path) {
        var http = http();
        report(what, times, () -> {
            var answer = http.get(path);
            if (answer.status() != 200) {
                throw new IllegalStateException(path + ": " + answer.body());
            }
        });
    }

    /** Does something {@code times} and half as often before, and prints its quantiles and how the tables of jobs and points were read. */
    public void report(String what, int times, Runnable action) {
        var before = scans();
        for (int i = 0; i < times / 2; i++) {
            action.run();
        }
        var millis = new double[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            action.run();
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        var scans = scans();
        before.forEach((name, count) -> scans.merge(name, -count, Long::sum));
        System.out.printf(
                Locale.ROOT,
                "%-52s p50 %7.2f ms   p95 %7.2f ms   %s%n",
                what,
                millis[times / 2],
                millis[times * 95 / 100],
                scans.entrySet().stream()
                        .filter(scan -> scan.getValue() > times)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(", ")));
    }

    /** Asks for a path once and prints how PostgreSQL found the rows. */
    public void explain(String what, String path) {
        explain(what, () -> http().get(path));
    }

    /** Does something once and prints how PostgreSQL found the rows: the ends of its plans, with what was read. */
    public void explain(String what, Runnable action) {
        if (!explains) {
            configure("session_preload_libraries", "auto_explain");
            configure("auto_explain.log_analyze", "on");
            configure("auto_explain.log_timing", "off");
            explains = true;
        }
        configure("auto_explain.log_min_duration", "0");
        try {
            long before = Files.size(log);
            action.run();
            configure("auto_explain.log_min_duration", "-1");
            var plans = Arrays.copyOfRange(Files.readAllBytes(log), (int) before, (int) Files.size(log));
            System.out.println(what);
            new String(plans, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(" Scan ")
                            && (line.contains(" on training_job") || line.contains(" on job_attempt")))
                    .map(line -> line.replaceAll("\\(cost=[^)]*\\) ", "").replaceAll("^[\\s>-]+", ""))
                    .distinct()
                    .forEach(line -> System.out.println("    " + line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets what connections made from now on start with. */
    private void configure(String setting, String value) {
        database.sql("alter system set %s = '%s'".formatted(setting, value)).update();
        database.sql("select pg_reload_conf()").query(Boolean.class).single();
        reconnect();
    }

    private void reconnect() {
        bean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often each index was used and each table read as a whole. Connections tell when they close, in a moment. */
    private Map<String, Long> scans() {
        reconnect();
        var scans = new TreeMap<String, Long>();
        database.sql("""
                        select indexrelname as name, idx_scan as count from pg_stat_user_indexes
                        where relname in ('training_job', 'metric_point')
                        union all
                        select 'WHOLE TABLE ' || relname, seq_scan from pg_stat_user_tables
                        where relname in ('training_job', 'job_attempt', 'metric_point')""").query(row -> {
            scans.put(row.getString("name"), row.getLong("count"));
        });
        return scans;
    }

    @Override
    public void close() {
        context.close();
    }
}
