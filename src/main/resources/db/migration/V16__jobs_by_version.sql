-- Jobs on one version of a dataset: without it, a list of a version that few jobs use reads those of all the others.
create index training_job_by_version on training_job (dataset_name, dataset_version, id);
