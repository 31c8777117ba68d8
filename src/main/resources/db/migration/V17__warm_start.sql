-- What a job needs to know of a version to start from its weights. Of versions whose job was deleted it is not known any more.
alter table model_version
    add column architecture jsonb,
    add column weights_sha256 text;

update model_version version set architecture = job.spec -> 'architecture', weights_sha256 = job.weights_sha256
    from training_job job where job.id = version.job_id;

-- The version that a job starts from; forgotten when it is deleted, which it can't be before the job has ended.
alter table training_job
    add column initial_version_id uuid references model_version (id) on delete set null,
    add column initial_weights_sha256 text;

create index training_job_initial on training_job (initial_version_id) where initial_version_id is not null;

-- A checkpoint has a row once its bytes are stored; until then, and when the row is gone, the outbox knows of them.
with unfinished as (delete from job_checkpoint where not stored returning key)
insert into blob_outbox (key, due_at) select key, now() + interval '1 hour' from unfinished
    on conflict (key) do nothing;

alter table job_checkpoint drop column stored;
