-- The order of the whole queue comes from the index alone, since rows are wide. PostgreSQL reads owner itself for that, not only
-- what is computed from it.
drop index training_job_queue;
create index training_job_queue on training_job (coalesce(owner, ''), turn, id) include (owner) where state = 'QUEUED';
