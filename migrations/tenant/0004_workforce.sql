-- Persons, their identifiers and contacts, and the postings that are their careers.
create table worker (
    worker_id   uuid primary key,
    -- People with a single name have it here, and no given names.
    family_name text not null check (family_name <> ''),
    given_names text not null default '',
    -- The name as it is compared: no accents, no case (kernel::fold); in the order of its bytes, so that an index finds
    -- how it begins.
    name_key    text collate "C" not null,
    sex         text not null check (sex in ('female', 'male', 'unknown')),
    birth_date  date,
    -- The org unit whose office keeps the record, and the sector: what a caller's scope is compared with.
    org_unit_id uuid not null references org_unit,
    sector      text not null check (sector in ('health', 'social')),
    version     int not null default 1
);

create index worker_by_name on worker (name_key, worker_id);
-- Those whose birth date is not known sort after all others.
create index worker_by_birth_date on worker ((coalesce(birth_date, date '9999-12-31')), worker_id);
create index worker_by_name_part on worker using gin (name_key gin_trgm_ops);
create index worker_of_unit on worker (org_unit_id, name_key, worker_id);

create table worker_identifier (
    worker_id uuid not null references worker,
    type_code text not null,
    value     text not null,
    -- As compared: capitals and digits only.
    value_key text not null,
    primary key (worker_id, type_code, value_key),
    constraint identifier_is_one_persons unique (type_code, value_key)
);

create table worker_contact (
    worker_id uuid not null references worker,
    kind      text not null check (kind in ('phone', 'email')),
    value     text not null,
    preferred boolean not null default false,
    primary key (worker_id, kind, value)
);

create table posting (
    posting_id      uuid primary key,
    worker_id       uuid not null references worker,
    facility_id     uuid not null references facility,
    cadre_id        uuid not null references cadre,
    employment_type text not null,
    is_primary      boolean not null default true,
    starts_on       date not null,
    -- The last day of the posting; absent while it runs.
    ends_on         date,
    end_reason      text,
    -- The office that supervises a worker who serves away from it.
    supervisor_id   uuid references facility,
    constraint posting_ends_after_it_starts check (ends_on is null or ends_on >= starts_on),
    constraint end_has_a_reason check ((ends_on is null) = (end_reason is null)),
    -- Two hashes, 128 bits, stand for the worker: ids of one hour are alike in all that GiST looks at when it arranges
    -- uuids, so that 70,000 postings took 118 s to index by the ids themselves and take 4 s by these.
    constraint one_primary_posting_a_day
        exclude using gist (uuid_hash_extended(worker_id, 0) with =, uuid_hash_extended(worker_id, 1) with =,
                            daterange(starts_on, ends_on, '[]') with &&) where (is_primary)
);

create index posting_of_worker on posting (worker_id, starts_on desc);
create index posting_at_facility on posting (facility_id, starts_on);
create index posting_of_cadre on posting (cadre_id, starts_on);
create index posting_by_end on posting (ends_on) where ends_on is not null;
