-- Which changes of records need a second person, and those that wait for one.
create table approval_policy (
    only_row boolean primary key default true check (only_row),
    -- The groups of fields whose corrections somebody else decides on.
    groups   text[] not null default '{}' check (groups <@ array['names', 'birth', 'identifiers', 'contacts']),
    version  int not null default 1
);

insert into approval_policy default values;

create table change_request (
    request_id   uuid primary key,
    worker_id    uuid not null references worker,
    -- The groups that its fields are of.
    groups       text[] not null check (cardinality(groups) > 0),
    -- Each field as the ledger names it, with what the record has and what it is to have.
    fields       jsonb not null,
    -- The version of the record that whoever asked for it changed.
    base_version int not null,
    status       text not null default 'open' check (status in ('open', 'approved', 'rejected', 'withdrawn')),
    requested_by text not null,
    requested_at timestamptz not null,
    act          jsonb,
    -- Who approved or rejected it, or took it back.
    decided_by   text,
    decided_at   timestamptz,
    comment      text,
    version      int not null default 1,
    check ((status = 'open') = (decided_by is null)),
    check ((decided_by is null) = (decided_at is null)),
    constraint two_people_change check (status not in ('approved', 'rejected') or decided_by <> requested_by),
    check (status <> 'withdrawn' or decided_by = requested_by)
);

create index change_request_of_worker on change_request (worker_id, request_id);
create index change_request_that_waits on change_request (request_id) where status = 'open';

-- The later of two values may be taken, and wait for a second person.
alter table conflict_item drop constraint conflict_item_state_check;
alter table conflict_item add constraint conflict_item_state_check
    check (state in ('open', 'kept', 'taken', 'requested'));
