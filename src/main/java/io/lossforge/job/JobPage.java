package io.lossforge.job;

import java.util.List;

/**
 * A page of jobs.
 *
 * @param nextPageToken empty at the end
 */
record JobPage(List<Job> jobs, String nextPageToken) {}
