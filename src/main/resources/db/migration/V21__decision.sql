-- What is decided from the logits of a version: temperature, prior and thresholds, as fitted last. Of versions that came before it there is
-- none until one is asked for.
create table model_version_decision (
    version_id uuid primary key references model_version (id) on delete cascade,
    decision jsonb not null,
    fitted_at timestamptz not null
);
