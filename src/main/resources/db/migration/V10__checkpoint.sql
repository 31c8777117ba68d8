alter table training_job add column weights_sha256 text;
alter table job_attempt add column resumed_step bigint;

-- A row is there before its blob and leaves after it, so that no blob is ever without one.
create table job_checkpoint (
    key text primary key,
    job_id uuid not null references training_job (id) on delete cascade,
    attempt integer not null,
    epoch integer not null,
    step bigint not null,
    progress double precision not null check (progress between 0 and 1),
    points bigint not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint not null check (bytes > 0),
    device text not null,
    threads integer not null,
    at timestamptz not null default now(),
    stored boolean not null default false
);

create index job_checkpoint_by_job on job_checkpoint (job_id, attempt, step);
