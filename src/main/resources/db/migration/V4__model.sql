-- The registry: named models, their numbered versions, aliases that point to versions, and what aliases pointed to before.

CREATE TABLE model (
    name         text        PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    last_version integer     NOT NULL CHECK (last_version > 0), -- numbers are never used twice, deleted versions included
    owner        text,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE model_version (
    id                uuid        PRIMARY KEY,
    model             text        NOT NULL REFERENCES model (name),
    version           integer     NOT NULL CHECK (version > 0),
    job_id            uuid,        -- no foreign key: where a version came from stays true after the job is deleted
    dataset           text,
    dataset_version   integer,
    loss              text,
    artefact_key      text        NOT NULL,
    artefact_sha256   text        NOT NULL CHECK (artefact_sha256 ~ '^[0-9a-f]{64}$'),
    artefact_bytes    bigint      NOT NULL CHECK (artefact_bytes > 0),
    classes           text[]      NOT NULL CHECK (cardinality(classes) > 1),
    input_kind        text        NOT NULL CHECK (input_kind IN ('images', 'features')),
    input_shape       integer[]   NOT NULL CHECK (cardinality(input_shape) IN (1, 3)),
    serving_transform text        NOT NULL,
    metrics           jsonb       NOT NULL,
    created_at        timestamptz NOT NULL,
    UNIQUE (model, version)
);

CREATE INDEX model_version_artefact ON model_version (artefact_key);
CREATE INDEX model_version_job ON model_version (job_id);

CREATE TABLE model_alias (
    id         uuid        PRIMARY KEY,
    model      text        NOT NULL REFERENCES model (name),
    name       text        NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    revision   bigint      NOT NULL, -- of the newest change in model_alias_history; the entity tag
    changed_at timestamptz NOT NULL,
    UNIQUE (model, name)
);

-- One row per version that takes a share of the alias's traffic. The reference keeps a served version from being deleted.
CREATE TABLE model_alias_target (
    alias_id   uuid    NOT NULL REFERENCES model_alias (id) ON DELETE CASCADE,
    version_id uuid    NOT NULL REFERENCES model_version (id),
    weight     integer NOT NULL CHECK (weight > 0),
    PRIMARY KEY (alias_id, version_id)
);

CREATE INDEX model_alias_target_version ON model_alias_target (version_id);

CREATE TABLE model_alias_history (
    model      text        NOT NULL,
    alias      text        NOT NULL,
    revision   bigint      NOT NULL,
    action     text        NOT NULL CHECK (action IN ('SET', 'ROLLBACK', 'DELETE')),
    restored   bigint,     -- the revision that a rollback went back to
    targets    jsonb       NOT NULL, -- [{"version":3,"weight":100}]
    changed_by text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (model, alias, revision)
);

CREATE FUNCTION model_alias_history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'model_alias_history is append-only: % refused', TG_OP;
END $$;

CREATE TRIGGER model_alias_history_is_append_only
    BEFORE UPDATE OR DELETE ON model_alias_history
    FOR EACH ROW EXECUTE FUNCTION model_alias_history_is_append_only();
