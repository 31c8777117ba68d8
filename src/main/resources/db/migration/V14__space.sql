-- Blobs that may have to leave the storage. A blob's key is here before its first byte is stored, until a row refers to it, and again
-- from the transaction that removes the last row until the blob is gone. A key that ends with / means every blob below it.
create table blob_outbox (
    key      text        primary key,
    due_at   timestamptz not null,
    failures integer     not null default 0
);

create index blob_outbox_due on blob_outbox (due_at);

-- Metric points whose job was deleted, or that are older than they are kept: those up to a sequence number leave, in batches.
create table metric_leaving (
    job_id uuid   primary key,
    after  bigint not null default 0,
    last   bigint not null
);

-- How far retention has come among the jobs that ended, by kind of data.
create table retention_position (
    kind     text        primary key,
    ended_at timestamptz not null,
    job_id   uuid        not null
);

create index training_job_ended on training_job (ended_at, id) where ended_at is not null;
create index training_job_unsuccessful on training_job (ended_at, id) where state in ('FAILED', 'CANCELLED');
