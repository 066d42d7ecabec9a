-- The establishment: posts that are approved, who fills them, and how many people there ought to be.
create table post (
    post_id     uuid primary key,
    -- The number that the establishment knows it by, for ever the same.
    code        text not null unique,
    facility_id uuid not null references facility,
    -- The first day of the first state.
    opened_on   date not null,
    -- Rises with every change of the post.
    version     int not null default 1
);

create index post_of_facility on post (facility_id, code);

-- The whole of a post from a day to another; nothing is ever deleted, so a vacancy of last year can be told again.
create table post_state (
    post_id    uuid not null references post,
    valid_from date not null,
    -- Its last day; absent for the state that holds for good.
    valid_to   date,
    cadre_id   uuid not null references cadre,
    title      text not null,
    status     text not null check (status in ('open', 'frozen', 'closed')),
    act        jsonb,
    primary key (post_id, valid_from),
    check (valid_to is null or valid_to >= valid_from)
);

create index post_state_of_cadre on post_state (cadre_id, valid_from);

-- A posting may fill a post. The database has the last word on who holds it on a day.
alter table posting
    add column post_id uuid references post,
    add constraint one_holder_a_day
        exclude using gist (uuid_hash_extended(post_id, 0) with =, uuid_hash_extended(post_id, 1) with =,
                            daterange(starts_on, ends_on, '[]') with &&) where (post_id is not null);

create index posting_fills_post on posting (post_id, starts_on) where post_id is not null;

-- How many people of a cadre, or of the cadres of a group together, there ought to be at a facility, at the facilities of
-- a type, or for so many people of an org unit.
create table staffing_norm (
    norm_id     uuid primary key,
    cadre_id    uuid not null references cadre,
    facility_id uuid references facility,
    type_code   text references facility_type,
    -- Of the facilities of the type, those in town or those that are not; absent: all.
    setting     text check (setting in ('urban', 'rural')),
    -- The level of the org units, and for how many of their people there ought to be one worker.
    unit_level  smallint check (unit_level between 1 and 9),
    people      int check (people > 0),
    minimum     int check (minimum >= 0),
    maximum     int,
    valid_from  date not null,
    -- Its last day; absent while no end is known.
    valid_to    date,
    source      text not null,
    act         jsonb,
    version     int not null default 1,
    -- What it is for, as one word to compare.
    target      text not null generated always as (
        coalesce('facility ' || facility_id::text, 'level ' || unit_level::text,
                 'type ' || type_code || coalesce(' ' || setting, ''))) stored,
    constraint norm_has_one_target check (num_nonnulls(facility_id, type_code, unit_level) = 1),
    check (setting is null or type_code is not null),
    check ((unit_level is null) = (people is null)),
    check ((unit_level is null) = (minimum is not null)),
    check (maximum is null or maximum >= minimum),
    check (valid_to is null or valid_to >= valid_from),
    constraint one_norm_a_day
        exclude using gist (cadre_id with =, target with =, daterange(valid_from, valid_to, '[]') with &&)
);

-- Posts with each of their states.
create view dated_post as
select p.post_id, p.code, p.facility_id, p.opened_on, p.version,
       s.valid_from, s.valid_to, s.cadre_id, s.title, s.status, s.act
from post p
join post_state s on s.post_id = p.post_id;

-- What the taxonomy may know of the establishment: how many posts and norms a change touches, and from when to when.
create view cadre_post as
select cadre_id, post_id, valid_from, valid_to from post_state where status <> 'closed';

create view cadre_norm as
select cadre_id, norm_id, valid_from, valid_to from staffing_norm;

-- What the places may know of it.
create view place_post as
select facility_id, post_id, valid_from, valid_to from dated_post where status <> 'closed';

create view place_norm as
select facility_id, norm_id, valid_from, valid_to from staffing_norm where facility_id is not null;
