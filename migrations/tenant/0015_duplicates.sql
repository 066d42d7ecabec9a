-- Records that may be one person's, and records that were made one.
create table duplicate_pair (
    pair_id    uuid primary key,
    -- The smaller of the two ids.
    first_id   uuid not null references worker,
    second_id  uuid not null references worker,
    -- In percent.
    score      smallint not null check (score between 0 and 100),
    -- Why, in the words of the rule.
    signs      text[] not null,
    -- Whether somebody has said that they are two people.
    distinct_because text,
    found_at   timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    constraint duplicate_pair_once unique (first_id, second_id),
    check (first_id < second_id),
    check (num_nonnulls(distinct_because, decided_by, decided_at) in (0, 3))
);

create index duplicate_pair_waiting on duplicate_pair (score desc, pair_id) where distinct_because is null;
create index duplicate_pair_of_second on duplicate_pair (second_id);

-- The newest row of the ledger whose people were compared with the register.
create table duplicate_search (
    only_row boolean primary key default true check (only_row),
    through  bigint not null
);

insert into duplicate_search (through) values (0);

-- Whose record went into which. The id of the record that is gone resolves to the one that was kept.
create table worker_merge (
    gone_id   uuid primary key,
    kept_id   uuid not null references worker,
    merged_at timestamptz not null,
    -- The number of the merge among those of this country: they are undone from the last one on.
    number    bigint not null generated always as identity unique,
    -- All that undoing needs: the rows that moved, those that were set aside, and what the kept record was like.
    undo      jsonb not null
);

create index worker_merge_into on worker_merge (kept_id, number);

-- Who shares a telephone.
create index worker_contact_by_value on worker_contact (value) where kind = 'phone';
