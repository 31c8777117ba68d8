-- What an attempt trained on: known once its trainer has started.
alter table training_job
    add column training_sha256 text,
    add column training_counts bigint[],
    add column validation_counts bigint[];
