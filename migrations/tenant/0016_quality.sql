-- Whether what was entered is right: samples of records that people entered or corrected, and what was found in them.
create table spot_check (
    check_id      uuid primary key,
    -- The records are drawn from those that are kept in this org unit or below it.
    org_unit_id   uuid not null references org_unit,
    -- Whose entries alone; absent: everybody's.
    clerk         text,
    -- Entered or corrected on this day or later.
    changed_since date not null,
    -- So many were asked for; there may have been fewer.
    size          smallint not null check (size between 1 and 200),
    -- With it the same entries give the same sample again.
    seed          bigint not null,
    drawn_by      text not null,
    drawn_at      timestamptz not null,
    act           jsonb
);

create index spot_check_of_unit on spot_check (org_unit_id, check_id);

create table spot_check_record (
    check_id   uuid not null references spot_check,
    worker_id  uuid not null references worker,
    -- Who entered or corrected it last before it was drawn.
    clerk      text not null,
    checked_by text,
    checked_at timestamptz,
    -- Each field that was looked at, whether it is right, and what would be.
    findings   jsonb,
    act        jsonb,
    primary key (check_id, worker_id),
    check (num_nonnulls(checked_by, checked_at, findings) in (0, 3)),
    constraint two_people_check check (checked_by <> clerk)
);

create index spot_check_of_worker on spot_check_record (worker_id);
create index spot_check_of_clerk on spot_check_record (clerk, checked_at) where checked_at is not null;

-- What the workforce may know of the ledger: who did what to a record, and when.
create view worker_entry as
select seq, at, actor, verb, subject_id as worker_id, unit_after, sector_after
from ledger where subject_kind = 'worker';
