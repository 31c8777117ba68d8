create table job_analysis (
    job_id uuid not null references training_job (id) on delete cascade,
    split text not null,
    analysis jsonb not null,
    primary key (job_id, split)
);

-- What the network says about the samples: a blob of its own for each job, which leaves with it.
create table job_output (
    job_id uuid primary key references training_job (id) on delete cascade,
    key text not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint not null check (bytes > 0)
);
