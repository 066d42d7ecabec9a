-- The service files of workers: absences, suspensions, disciplinary actions, appraisals, pay. What was entered by mistake is
-- withdrawn with a reason.
create table service_entry (
    entry_id   uuid primary key,
    worker_id  uuid not null references worker,
    kind       text not null check (kind in ('absence', 'suspension', 'disciplinary_action', 'appraisal', 'pay')),
    starts_on  date not null,
    -- The last day; absent: none is known.
    ends_on    date,
    -- Entries that share one exclude each other on any day; absent: it excludes none.
    exclusive  text,
    -- What the entry says, by its kind.
    matter     jsonb not null,
    act        jsonb,
    withdrawal text,
    check (ends_on >= starts_on),
    constraint one_such_entry_a_day
        exclude using gist (uuid_hash_extended(worker_id, 0) with =, uuid_hash_extended(worker_id, 1) with =,
                            exclusive with =, daterange(starts_on, ends_on, '[]') with &&)
        where (exclusive is not null and withdrawal is null)
);

create index service_entry_of_worker on service_entry (worker_id, starts_on desc);
create index service_entry_of_kind on service_entry (kind, entry_id) where withdrawal is null;
