-- The cadre taxonomy as it was, is and will be. `cadre` holds who a cadre is and its first state; each row here is the
-- whole of its state from a day on, until the next. Nothing is ever deleted, so a report of last year can be repeated.
alter table cadre
    -- Rises with every change of the cadre.
    add column version             int not null default 1,
    add column description         jsonb not null default '{}',
    add column entry_qualification text,
    add column is_licensed         boolean not null default false,
    add column council             text,
    add column retirement_age      smallint,
    add column salary_grades       text[] not null default '{}',
    -- The cadres that may follow it in a career; none: any may.
    add column career_steps        uuid[] not null default '{}',
    -- The first day of the first state; absent: always.
    add column valid_from          date,
    -- The legal act that made the cadre.
    add column act                 jsonb;

create table cadre_state (
    cadre_id            uuid not null references cadre,
    valid_from          date not null,
    parent_id           uuid references cadre,
    label               jsonb not null,
    description         jsonb not null,
    worker_class        text not null check (worker_class in ('professional', 'para-professional', 'volunteer', 'allied')),
    entry_qualification text,
    is_licensed         boolean not null,
    council             text,
    retirement_age      smallint,
    salary_grades       text[] not null,
    career_steps        uuid[] not null,
    -- Retired: nobody is posted under it any more, who is in it stays. Merged, split: its people went to its successors.
    status              text not null check (status in ('active', 'retired', 'merged', 'split')),
    act                 jsonb,
    primary key (cadre_id, valid_from)
);

create table cadre_successor (
    cadre_id     uuid not null references cadre,
    valid_from   date not null,
    successor_id uuid not null references cadre,
    primary key (cadre_id, valid_from, successor_id)
);

-- What the taxonomy may know of the people in it: how many a change touches, and from when to when.
create view cadre_posting as
select cadre_id, worker_id, starts_on, ends_on from posting;

-- What a cadre is in a classification from a day on: proposed by one, approved or rejected by another. What the country's
-- configuration says of ISCO-08 (`cadre.isco08`) holds until the first approved mapping.
create table cadre_mapping (
    mapping_id  uuid primary key,
    cadre_id    uuid not null references cadre,
    edition     text not null,
    valid_from  date not null,
    status      text not null check (status in ('proposed', 'approved', 'rejected')),
    author      text not null,
    reviewer    text,
    proposed_at timestamptz not null,
    reviewed_at timestamptz,
    act         jsonb,
    check ((status = 'proposed') = (reviewer is null)),
    constraint two_people_map check (reviewer is null or status = 'rejected' or reviewer <> author)
);

create unique index one_mapping_a_day on cadre_mapping (cadre_id, edition, valid_from) where status <> 'rejected';

create table cadre_mapping_target (
    mapping_id uuid not null references cadre_mapping,
    edition    text not null,
    code       text not null,
    -- How the cadre stands to the unit.
    relation   text not null check (relation in ('equal', 'broader', 'narrower', 'partial')),
    -- Of the cadre's people in ten-thousandths, for a partial one.
    share      smallint check (share between 1 and 9999),
    primary key (mapping_id, code),
    foreign key (edition, code) references classification_unit,
    check ((relation = 'partial') = (share is not null))
);
