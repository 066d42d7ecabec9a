-- Every change of a tenant's data, in commit order. Audit trail, history and feed are views of it.
create table ledger_head (
    only_row      boolean primary key default true check (only_row),
    seq           bigint not null,
    hash          bytea not null,
    -- Rises when the tenant is restored from a backup: sequence numbers may then repeat.
    epoch         bigint not null,
    -- The last change of a list that processes keep in memory: places, cadres, code lists.
    reference_seq bigint not null
);

insert into ledger_head (seq, hash, epoch, reference_seq) values (0, sha256(''), 1, 0);

create table ledger (
    seq           bigint primary key,
    at            timestamptz not null,
    actor         text not null,
    verb          text not null,
    subject_kind  text not null,
    subject_id    uuid not null,
    -- Who may see the change: the org unit and the sector that held the record before and after it.
    unit_before   uuid,
    unit_after    uuid,
    sector_before text,
    sector_after  text,
    -- The legal act behind the change: number, date.
    act           jsonb,
    -- Content and salt are erased together; the digest stays and so does the chain.
    change        jsonb,
    salt          bytea,
    digest        bytea not null,
    hash          bytea not null
);

create index ledger_of_subject on ledger (subject_id, seq);

-- Answers already given to keyed mutations, so that a device that retries after a lost answer changes nothing twice.
create table answered (
    subject   text not null,
    key       text not null,
    body_hash bytea not null,
    answer    jsonb,
    at        timestamptz not null,
    primary key (subject, key)
);

create index answered_by_age on answered (at);
