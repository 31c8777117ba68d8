package io.lossforge.job;

import io.lossforge.catalogue.Names;
import io.lossforge.web.ApiException;
import jakarta.persistence.criteria.Predicate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;

/**
 * Which jobs a list shows, and in which order. Ids grow with time, so that they order by age.
 *
 * @param states all if empty
 * @param dataset {@code name} or {@code name:version}; null for all
 * @param kind null for all
 */
record JobFilter(
        List<JobState> states,
        @Nullable String dataset,
        @Nullable UUID experiment,
        @Nullable Work kind,
        boolean newestFirst) {

    private static final List<String> ORDERS = List.of("createdAt desc", "createdAt asc");

    /**
     * From query parameters.
     *
     * @throws ApiException 400 if a state, kind or order is not known
     */
    static JobFilter of(
            @Nullable List<String> states,
            @Nullable String dataset,
            @Nullable UUID experiment,
            @Nullable String kind,
            @Nullable String orderBy) {
        var order = orderBy == null || orderBy.isBlank() ? ORDERS.get(0) : orderBy.strip();
        if (!ORDERS.contains(order)) {
            throw ApiException.badRequest("/orderBy", Names.unknown("order", order, ORDERS));
        }
        return new JobFilter(
                states == null
                        ? List.of()
                        : states.stream().map(JobFilter::state).toList(),
                dataset == null || dataset.isBlank() ? null : dataset,
                experiment,
                kind == null || kind.isBlank() ? null : kind(kind),
                order.equals(ORDERS.get(0)));
    }

    private static Work kind(String name) {
        return Arrays.stream(Work.values())
                .filter(work -> work.json().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiException.badRequest("/kind", Names.unknown("kind", name, Work.names())));
    }

    private static JobState state(String name) {
        var known = Arrays.stream(JobState.values()).map(Enum::name).toList();
        if (!known.contains(name)) {
            throw ApiException.badRequest("/state", Names.unknown("state", name, known));
        }
        return JobState.valueOf(name);
    }

    Sort sort() {
        return Sort.by(newestFirst ? Sort.Direction.DESC : Sort.Direction.ASC, "id");
    }

    /** The jobs after the one where the page before ended; from the start if that is null. */
    Specification<TrainingJob> after(@Nullable UUID last) {
        return (job, query, where) -> {
            var all = new ArrayList<Predicate>();
            if (!states.isEmpty()) {
                all.add(job.get("state").in(states));
            }
            if (dataset != null) {
                var parts = dataset.split(":", 2);
                all.add(where.equal(job.get("datasetName"), parts[0]));
                if (parts.length == 2) {
                    all.add(
                            parts[1].matches("[1-9][0-9]{0,8}")
                                    ? where.equal(job.get("datasetVersion"), Integer.parseInt(parts[1]))
                                    : where.disjunction());
                }
            }
            if (experiment != null) {
                all.add(where.equal(job.get("experimentId"), experiment));
            }
            if (kind != null) {
                all.add(where.equal(job.get("work"), kind));
            }
            if (last != null) {
                all.add(newestFirst ? where.lessThan(job.get("id"), last) : where.greaterThan(job.get("id"), last));
            }
            return where.and(all.toArray(Predicate[]::new));
        };
    }
}
