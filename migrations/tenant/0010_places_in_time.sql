-- Places as they were, are and will be. `org_unit` and `facility` hold who a place is and its first state; each row of
-- their states is the whole of it from a day on, until the next. Nothing is ever deleted, so a report of last year can be
-- repeated.
alter table org_unit
    -- Rises with every change of the unit.
    add column version int not null default 1,
    -- The legal act that made the unit.
    add column act     jsonb;

create table org_unit_state (
    org_unit_id uuid not null references org_unit,
    valid_from  date not null,
    parent_id   uuid references org_unit,
    level       smallint not null check (level between 1 and 9),
    name        jsonb not null,
    kind        text not null,
    iso_3166_2  text,
    status      text not null check (status in ('active', 'closed')),
    act         jsonb,
    primary key (org_unit_id, valid_from)
);

-- What came of a unit: those that took over from it, or a part of it, whether it goes on or not.
create table org_unit_successor (
    org_unit_id  uuid not null references org_unit,
    successor_id uuid not null references org_unit,
    valid_from   date not null,
    primary key (org_unit_id, successor_id),
    check (org_unit_id <> successor_id)
);

alter table facility
    add column version int not null default 1,
    add column act     jsonb;

create table facility_state (
    facility_id uuid not null references facility,
    valid_from  date not null,
    name        text not null,
    type_code   text not null references facility_type,
    ownership   text not null references ownership,
    org_unit_id uuid not null references org_unit,
    setting     text not null check (setting in ('urban', 'rural', 'unknown')),
    status      text not null check (status in ('open', 'closed')),
    act         jsonb,
    primary key (facility_id, valid_from)
);

-- What the places may know of the people in them: how many a change touches, and from when to when.
create view place_posting as
select facility_id, worker_id, starts_on, ends_on from posting;

-- Classifications and code lists are changed live too. An entry that is retired stays readable on old records and is
-- refused on new ones from that day on.
alter table facility_type
    add column version    int not null default 1,
    add column retired_on date;

alter table ownership
    add column version    int not null default 1,
    add column retired_on date;

alter table code_list_entry
    add column version    int not null default 1,
    add column retired_on date,
    -- Where it stands in its list; those without a place come after, by code.
    add column place      smallint;
