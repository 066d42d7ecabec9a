-- Org units, facilities and how a country classifies them.
create table org_unit (
    org_unit_id uuid primary key,
    code        text not null unique,
    parent_id   uuid references org_unit,
    level       smallint not null check (level between 1 and 9),
    name        jsonb not null,
    kind        text not null default '',
    iso_3166_2  text,
    valid_from  date,
    valid_to    date,
    source      text not null default '',
    check (valid_from is null or valid_to is null or valid_from <= valid_to)
);

create index org_unit_children on org_unit (parent_id);

create table population (
    org_unit_id uuid not null references org_unit,
    year        smallint not null check (year between 1900 and 2200),
    source      text not null,
    people      bigint not null check (people >= 0),
    primary key (org_unit_id, year, source)
);

create table facility_type (
    code           text primary key,
    label          jsonb not null,
    tier           text not null default '',
    -- Provider class of the System of Health Accounts 2011, or 'social'.
    provider_class text not null default '',
    sector         text not null check (sector in ('health', 'social')),
    source         text not null default ''
);

create table ownership (
    code       text primary key,
    label      jsonb not null,
    -- NHWA: public, private not-for-profit, private for-profit.
    nhwa_group text not null,
    source     text not null default ''
);

create table facility (
    facility_id uuid primary key,
    code        text not null unique,
    name        text not null,
    type_code   text not null references facility_type,
    ownership   text not null references ownership,
    org_unit_id uuid not null references org_unit,
    setting     text not null check (setting in ('urban', 'rural')),
    opened_on   date,
    closed_on   date,
    check (opened_on is null or closed_on is null or opened_on <= closed_on)
);

create index facility_of_unit on facility (org_unit_id);
