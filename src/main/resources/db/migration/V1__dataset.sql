-- A name that dataset versions share. Stays when its last version is deleted, so that a version number never means two things.
create table dataset (
    name         text        primary key,
    owner        text,
    last_version integer     not null default 0 check (last_version >= 0),
    created_at   timestamptz not null
);

-- Packed content in the storage, under datasets/<sha256>/. Registered before its first byte is stored, so that what a crash leaves
-- behind is known and can be swept.
create table dataset_content (
    sha256     text        primary key,
    touched_at timestamptz not null default now()
);

create table dataset_version (
    id              uuid        primary key,
    dataset_name    text        not null references dataset (name),
    version         integer     not null check (version >= 1),
    format          text        not null,
    kind            text        not null check (kind in ('images', 'features')),
    shape           integer[]   not null,
    classes         text[]      not null,
    train_per_class bigint[]    not null,
    test_per_class  bigint[]    not null,
    sha256          text        not null references dataset_content (sha256),
    bytes           bigint      not null,
    warnings        text[]      not null,
    created_at      timestamptz not null,
    constraint dataset_version_number unique (dataset_name, version),
    constraint dataset_version_content unique (dataset_name, sha256)
);

create index dataset_version_sha256 on dataset_version (sha256);
