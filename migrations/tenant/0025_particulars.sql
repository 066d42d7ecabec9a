-- Who somebody is besides name, sex and birth date: where they come from and live, what they speak, who belongs to them, and
-- where they worked before they came on the register.
create table particulars (
    worker_id      uuid primary key references worker,
    -- Countries by ISO 3166-1.
    nationality    text check (nationality ~ '^[A-Z]{2}$'),
    birth_country  text check (birth_country ~ '^[A-Z]{2}$'),
    marital_status text,
    residence_id   uuid references org_unit,
    address        text,
    -- The one to write in first.
    languages      text[] not null default '{}'
);

create table relative (
    relative_id          uuid primary key,
    worker_id            uuid not null references worker,
    -- In the order in which they were named.
    place                smallint not null,
    name                 text not null,
    relation             text not null,
    birth_date           date,
    phone                text,
    is_dependant         boolean not null,
    is_emergency_contact boolean not null
);

create index relative_of_worker on relative (worker_id, place);

create table past_employment (
    employment_id uuid primary key,
    worker_id     uuid not null references worker,
    employer      text not null,
    occupation    text not null,
    starts_on     date not null,
    ends_on       date,
    why_left      text,
    check (ends_on >= starts_on)
);

create index past_employment_of_worker on past_employment (worker_id, starts_on desc);
