package io.lossforge.retention;

/** Kinds of data that can be kept for a set time. */
public enum Kind {

    /** Metric points of jobs that have ended. */
    METRICS("metrics"),

    /** What the trainers of jobs that have ended printed. */
    LOGS("logs"),

    /** What the networks of jobs that have ended say about the samples. */
    OUTPUTS("outputs"),

    /** Checkpoints of jobs that failed or were cancelled. */
    CHECKPOINTS("checkpoints"),

    /** Jobs that failed or were cancelled, with all that belongs to them. */
    FAILED_JOBS("failedJobs"),

    /** Dataset versions that have a newer one and that no job uses. */
    SUPERSEDED_DATASETS("supersededDatasets"),

    /** Metric points that nobody can see any more; kept for no time. */
    LEAVING_METRICS("leavingMetrics"),

    /** Packed datasets that no version refers to; kept for no time. */
    ABANDONED_DATASETS("abandonedDatasets");

    private final String json;

    Kind(String json) {
        this.json = json;
    }

    /** As the interface calls it. */
    public String json() {
        return json;
    }
}
