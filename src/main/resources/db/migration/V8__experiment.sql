create table experiment (
    id uuid primary key,
    owner text,
    name text not null,
    document jsonb not null,
    seeds bigint[] not null,
    created_at timestamptz not null
);

-- The specification is complete, so that a run that comes later trains on what the first ones did.
create table experiment_cell (
    experiment_id uuid not null references experiment (id) on delete cascade,
    number integer not null,
    spec jsonb not null,
    training_counts bigint[] not null,
    primary key (experiment_id, number)
);

create table experiment_run (
    experiment_id uuid not null,
    cell integer not null,
    seed bigint not null,
    job_id uuid not null references training_job (id) on delete cascade,
    primary key (experiment_id, cell, seed),
    foreign key (experiment_id, cell) references experiment_cell (experiment_id, number) on delete cascade
);

create unique index experiment_run_by_job on experiment_run (job_id);
