-- What the serving of a version is compared with: summaries of the samples trained on, and what the network predicts of others.
create table model_version_reference (
    version_id uuid  primary key references model_version (id) on delete cascade,
    reference  jsonb not null
);

-- What all servers saw of a version in five minutes, as counts and sums that add up; see DriftReference for their order.
create table model_drift_window (
    version_id    uuid               not null references model_version (id) on delete cascade,
    began_at      timestamptz        not null,
    samples       bigint             not null,
    input_counts  bigint[]           not null, -- by bin, the inputs one after the other
    input_sums    double precision[] not null, -- of each input, then of its squares
    predicted     bigint[]           not null, -- by class
    probabilities double precision[] not null, -- sum of each class
    primary key (version_id, began_at)
);

create index model_drift_window_began on model_drift_window (began_at);

create function sum_by_element(bigint[], bigint[]) returns bigint[] language sql immutable as
    $$ select coalesce(array_agg(a + b order by i), '{}') from unnest($1, $2) with ordinality as pair (a, b, i) $$;

create function sum_by_element(double precision[], double precision[]) returns double precision[] language sql immutable as
    $$ select coalesce(array_agg(a + b order by i), '{}') from unnest($1, $2) with ordinality as pair (a, b, i) $$;

-- The version that runs beside those that answer an alias. The reference keeps it from being deleted meanwhile.
create table model_alias_shadow (
    alias_id   uuid             primary key references model_alias (id) on delete cascade,
    version_id uuid             not null references model_version (id),
    share      double precision not null check (share > 0 and share <= 1),
    revision   bigint           not null, -- of the newest change in model_alias_shadow_history; the entity tag
    changed_at timestamptz      not null
);

create index model_alias_shadow_version on model_alias_shadow (version_id);

create table model_alias_shadow_history (
    model      text        not null,
    alias      text        not null,
    revision   bigint      not null,
    version    integer,          -- null when it ended
    share      double precision, -- null likewise
    changed_by text,
    changed_at timestamptz not null,
    primary key (model, alias, revision),
    check ((version is null) = (share is null))
);

create function model_alias_shadow_history_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'model_alias_shadow_history is append-only: % refused', TG_OP;
end $$;

create trigger model_alias_shadow_history_is_append_only
    before update or delete on model_alias_shadow_history
    for each row execute function model_alias_shadow_history_is_append_only();

-- What came of it, for each revision and each version that answered; sums that all servers add to.
create table model_shadow_result (
    model               text             not null,
    alias               text             not null,
    revision            bigint           not null,
    answered_by         integer          not null,
    requests            bigint           not null, -- compared
    dropped             bigint           not null, -- requests that were not compared, since the server had no room
    failed              bigint           not null, -- requests that the shadow did not answer
    samples             bigint           not null,
    agreed              bigint           not null, -- samples of the same likeliest class
    difference_sum      double precision not null, -- of probabilities, absolute, over samples and classes
    difference_most     double precision not null,
    answered_ns         bigint           not null, -- queue and engine
    shadow_ns           bigint           not null, -- engine
    failure             text,                      -- the last
    primary key (model, alias, revision, answered_by),
    foreign key (model, alias, revision) references model_alias_shadow_history (model, alias, revision)
);

create table model_shadow_confusion (
    model          text    not null,
    alias          text    not null,
    revision       bigint  not null,
    answered_by    integer not null,
    answered_class integer not null,
    shadow_class   integer not null,
    samples        bigint  not null,
    primary key (model, alias, revision, answered_by, answered_class, shadow_class),
    foreign key (model, alias, revision, answered_by) references model_shadow_result (model, alias, revision, answered_by)
);
