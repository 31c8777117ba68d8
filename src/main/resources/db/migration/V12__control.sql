-- How the running attempt was asked to end, in place of a flag for cancelling alone.
alter table training_job
    add column requested text check (requested in ('CANCELLED', 'PAUSED', 'PREEMPTED')),
    add column retries integer not null default 0,
    add column paused_at timestamptz,
    add column heard_at timestamptz,
    add column preemptible boolean not null default false,
    add column labels text[] not null default '{}',
    add column kind uuid,
    add column ageing_seconds double precision not null default 3600 check (ageing_seconds > 0);

update training_job set requested = 'CANCELLED' where cancel_requested and state in ('STARTING', 'RUNNING');

alter table training_job
    drop column cancel_requested,
    add check (requested is null or state in ('STARTING', 'RUNNING')),
    add check ((state = 'PAUSED') = (paused_at is not null));

-- The order of the queue. A job of one priority more goes before what came up to ageing_seconds earlier; since everything that waits
-- ages alike, the order of two jobs never changes with time, and an index can hold it.
alter table training_job
    add column turn double precision not null generated always as
        (extract(epoch from queued_at at time zone 'UTC')::double precision - priority * ageing_seconds) stored;

drop index training_job_queue;
create index training_job_queue on training_job (coalesce(owner, ''), turn, id) where state = 'QUEUED';
create index training_job_kind on training_job (kind, id) where state = 'SUCCEEDED' and kind is not null;

alter table worker add column labels text[] not null default '{}';
