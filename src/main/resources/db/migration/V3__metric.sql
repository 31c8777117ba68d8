create table metric_name (
    id smallint generated always as identity primary key,
    split text not null,
    name text not null,
    unique (split, name)
);

-- Narrow on purpose: one row per value, found by job and sequence. No foreign key to the job: a batch is written in the
-- transaction that holds the job's row, and points leave with their job in the transaction that deletes it.
create table metric_point (
    job_id uuid not null,
    sequence bigint not null,
    step bigint not null,
    value double precision not null,
    at timestamptz not null,
    epoch integer not null,
    metric_id smallint not null,
    primary key (job_id, sequence)
);
