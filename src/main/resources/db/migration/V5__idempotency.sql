-- The first answer to a request that carried an Idempotency-Key.
create table idempotency_key (
    operation   text        not null,
    caller      text        not null,
    key         text        not null,
    body_sha256 text        not null,
    answer      text        not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    primary key (operation, caller, key)
);

create index idempotency_key_expires_at on idempotency_key (expires_at);
