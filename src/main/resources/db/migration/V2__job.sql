create table worker (
    id uuid primary key,
    name text not null,
    cpu_slots integer not null,
    gpu_slots integer not null,
    started_at timestamptz not null default now(),
    alive_until timestamptz not null
);

-- The row is the queue entry. Room is left in each page: a running job's row changes several times a second, and none of the
-- columns that change then is indexed.
create table training_job (
    id uuid primary key,
    owner text,
    name text not null,
    state text not null
        check (state in ('QUEUED', 'STARTING', 'RUNNING', 'PAUSED', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    status_reason text,
    status_message text,
    spec jsonb not null,
    dataset_version_id uuid not null references dataset_version (id),
    dataset_name text not null,
    dataset_version integer not null,
    experiment_id uuid,
    device text not null check (device in ('ANY', 'CPU', 'GPU')),
    priority integer not null,
    max_attempts integer not null check (max_attempts > 0),
    deadline_at timestamptz,
    created_at timestamptz not null,
    queued_at timestamptz not null,
    run_after timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    estimated_end timestamptz,
    attempt integer not null default 0,
    failures integer not null default 0,
    claimed_by uuid,
    lease_until timestamptz,
    cancel_requested boolean not null default false,
    progress double precision not null default 0 check (progress between 0 and 1),
    epoch integer,
    step bigint,
    latest_metrics jsonb not null default '{}',
    last_sequence bigint not null default 0,
    points_stored bigint not null default 0,
    log_bytes bigint not null default 0,
    model_name text,
    model_version integer,
    check ((state in ('STARTING', 'RUNNING')) = (claimed_by is not null and lease_until is not null)),
    check ((state in ('SUCCEEDED', 'FAILED', 'CANCELLED')) = (ended_at is not null))
) with (fillfactor = 70);

create index training_job_queue on training_job (priority desc, queued_at, id) where state = 'QUEUED';
create index training_job_held on training_job (claimed_by, id) where state in ('STARTING', 'RUNNING');
create index training_job_deadline on training_job (deadline_at)
    where state in ('QUEUED', 'PAUSED') and deadline_at is not null;
create index training_job_by_state on training_job (state, id);
create index training_job_by_dataset on training_job (dataset_name, id);
create index training_job_by_dataset_version on training_job (dataset_version_id);
create index training_job_by_experiment on training_job (experiment_id, id) where experiment_id is not null;

create table job_attempt (
    job_id uuid not null references training_job (id) on delete cascade,
    number integer not null,
    worker text not null,
    device text not null,
    device_name text,
    threads integer,
    started_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    end_message text,
    primary key (job_id, number),
    check ((ended_at is null) = (end_reason is null))
);

create table job_evaluation (
    job_id uuid not null references training_job (id) on delete cascade,
    split text not null,
    evaluation jsonb not null,
    primary key (job_id, split)
);

create table job_log (
    job_id uuid not null references training_job (id) on delete cascade,
    sequence bigint not null,
    attempt integer not null,
    at timestamptz not null default now(),
    text text not null,
    primary key (job_id, sequence)
);
