package io.lossforge.experiment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The cells of experiments and the jobs that run them. */
@Component
class ExperimentRuns {

    private final JdbcClient database;
    private final JsonMapper json;

    ExperimentRuns(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
    }

    /**
     * One combination.
     *
     * @param number place among the combinations, from 0
     * @param spec complete but for name and seed
     * @param trainingCounts samples of each class that it trains on
     */
    record Cell(int number, ObjectNode spec, List<Long> trainingCounts) {}

    /** A job that runs a cell under a seed. */
    record Run(int cell, long seed, UUID job) {}

    void addCells(UUID experiment, List<Cell> cells) {
        database.sql("""
                        insert into experiment_cell (experiment_id, number, spec, training_counts)
                        select :experiment, number, cast(spec as jsonb), cast(training_counts as bigint[])
                        from unnest(:numbers, :specs, :counts) as cell (number, spec, training_counts)""")
                .param("experiment", experiment)
                .param("numbers", cells.stream().map(Cell::number).toArray(Integer[]::new))
                .param(
                        "specs",
                        cells.stream().map(cell -> cell.spec().toString()).toArray(String[]::new))
                .param(
                        "counts",
                        cells.stream()
                                .map(cell -> cell.trainingCounts()
                                        .toString()
                                        .replace('[', '{')
                                        .replace(']', '}'))
                                .toArray(String[]::new))
                .update();
    }

    void addRuns(UUID experiment, Collection<Run> runs) {
        database.sql("""
                        insert into experiment_run (experiment_id, cell, seed, job_id)
                        select :experiment, cell, seed, job_id
                        from unnest(:cells, :seeds, cast(:jobs as uuid[])) as run (cell, seed, job_id)""")
                .param("experiment", experiment)
                .param("cells", runs.stream().map(Run::cell).toArray(Integer[]::new))
                .param("seeds", runs.stream().map(Run::seed).toArray(Long[]::new))
                .param("jobs", runs.stream().map(run -> run.job().toString()).toArray(String[]::new))
                .update();
    }

    /** All cells, in order. */
    List<Cell> cells(UUID experiment) {
        return database.sql("""
                        select number, spec::text as spec, training_counts from experiment_cell
                        where experiment_id = :experiment order by number""")
                .param("experiment", experiment)
                .query((row, number) ->
                        new Cell(row.getInt("number"), (ObjectNode) json.readTree(row.getString("spec")), counts(row)))
                .list();
    }

    /** Samples of each class that each cell trains on, by cell, in order. */
    SortedMap<Integer, List<Long>> trainingCounts(UUID experiment) {
        var counts = new TreeMap<Integer, List<Long>>();
        database.sql("select number, training_counts from experiment_cell where experiment_id = :experiment")
                .param("experiment", experiment)
                .query(row -> {
                    counts.put(row.getInt("number"), counts(row));
                });
        return counts;
    }

    private static List<Long> counts(ResultSet row) throws SQLException {
        return List.of((Long[]) row.getArray("training_counts").getArray());
    }

    /** All runs, by cell, then seed. The job of a run that is missing was deleted. */
    List<Run> runs(UUID experiment) {
        return database.sql("""
                        select cell, seed, job_id from experiment_run
                        where experiment_id = :experiment order by cell, seed""")
                .param("experiment", experiment)
                .query((row, number) ->
                        new Run(row.getInt("cell"), row.getLong("seed"), row.getObject("job_id", UUID.class)))
                .list();
    }
}
