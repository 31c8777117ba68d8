-- A job of the queue trains a model, or runs one over samples: those of a dataset version, or those that were sent with it.
alter table training_job
    add column work text not null default 'TRAINING' check (work in ('TRAINING', 'BATCH_PREDICTION')),
    alter column dataset_version_id drop not null,
    alter column dataset_name drop not null,
    alter column dataset_version drop not null,
    add check (work = 'BATCH_PREDICTION' or dataset_version_id is not null);

create index training_job_predicting on training_job (id) where work = 'BATCH_PREDICTION';

-- Samples that were sent with a job: blobs of its own, all below one key, which leave when it has succeeded or is deleted.
create table job_input (
    job_id uuid primary key references training_job (id) on delete cascade,
    key text not null unique check (key like 'inputs/%/')
);
