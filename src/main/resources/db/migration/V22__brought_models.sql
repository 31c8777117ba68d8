-- Versions that were trained elsewhere, what people say about versions, and what must not be deleted.

CREATE TABLE brought_model (
    version_id  uuid        PRIMARY KEY REFERENCES model_version (id) ON DELETE CASCADE,
    file_name   text,
    file_sha256 text        NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'), -- as it was sent, before it was given our interface
    file_bytes  bigint      NOT NULL CHECK (file_bytes > 0),
    declaration jsonb       NOT NULL, -- what was said about it
    findings    jsonb       NOT NULL, -- what was found in it
    brought_by  text,
    brought_at  timestamptz NOT NULL
);

CREATE INDEX brought_model_file ON brought_model (file_sha256);

-- What a version's owner adds to its card.
CREATE TABLE model_statement (
    version_id   uuid        PRIMARY KEY REFERENCES model_version (id) ON DELETE CASCADE,
    revision     bigint      NOT NULL, -- the entity tag
    intended_use text,
    limitations  text,
    licence      text,
    contact      text,
    changed_by   text,
    changed_at   timestamptz NOT NULL
);

-- Of a whole model where there is no version. The reference keeps a protected version from being deleted.
CREATE TABLE model_protection (
    model        text        NOT NULL REFERENCES model (name),
    version_id   uuid        REFERENCES model_version (id),
    reason       text,
    protected_by text,
    protected_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (model, version_id)
);

CREATE INDEX model_protection_version ON model_protection (version_id);
