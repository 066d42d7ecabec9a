-- Forms that a ministry defines, their versions, and the answers to them.
create table form (
    form_id uuid primary key,
    code    text not null unique,
    -- What its answers are about.
    subject text not null check (subject in ('worker', 'facility', 'posting', 'alone')),
    title   jsonb not null,
    version int not null default 1
);

-- Once it is published, a version changes no more but that it may be retired.
create table form_version (
    form_id      uuid not null references form,
    number       int not null check (number > 0),
    stage        text not null check (stage in ('draft', 'published', 'retired')),
    definition   jsonb not null,
    -- How it differs from the version before it: cosmetic, compatible, narrowing, breaking.
    change_class text,
    -- How answers to the version before it are carried over.
    mapping      jsonb not null default '[]',
    published_at timestamptz,
    primary key (form_id, number),
    check ((stage = 'draft') = (published_at is null))
);

create unique index one_draft_a_form on form_version (form_id) where stage = 'draft';

create table submission (
    submission_id uuid primary key,
    form_id       uuid not null references form,
    -- The version that was answered, for ever.
    number        int not null,
    subject       text not null check (subject in ('worker', 'facility', 'posting', 'alone')),
    -- The worker, facility or posting; absent for what stands alone.
    subject_id    uuid,
    -- The org unit and the sector of the subject when it was answered; for what stands alone, of the office that keeps it.
    org_unit_id   uuid not null references org_unit,
    sector        text not null check (sector in ('health', 'social')),
    status        text not null check (status in ('draft', 'submitted', 'accepted', 'sent_back')),
    answers       jsonb not null,
    author        text not null,
    -- What the reviewer said.
    comment       text,
    saved_at      timestamptz not null,
    submitted_at  timestamptz,
    version       int not null default 1,
    foreign key (form_id, number) references form_version,
    check ((subject = 'alone') = (subject_id is null))
);

create index submission_of_form on submission (form_id, submission_id);
create index submission_of_subject on submission (subject_id, submission_id) where subject_id is not null;
create index submission_of_unit on submission (org_unit_id, submission_id);

-- The newest answer of each subject to each form, value by value, kept in the answer's own transaction: what filters
-- and counts look at.
create table answer_value (
    form_id    uuid not null,
    -- A field's path: home.ward.
    field      text collate "C" not null,
    subject_id uuid not null,
    -- Above 0 for several options of one field.
    ordinal    int not null,
    -- A text, the code of an option, true or false.
    text       text collate "C",
    number     double precision,
    day        date,
    primary key (form_id, field, subject_id, ordinal)
);

create index answer_value_by_text on answer_value (form_id, field, text, subject_id) where text is not null;
create index answer_value_by_number on answer_value (form_id, field, number, subject_id) where number is not null;
create index answer_value_by_day on answer_value (form_id, field, day, subject_id) where day is not null;
create index answer_value_of_subject on answer_value (form_id, subject_id);

-- What those who know the subjects read: who is filtered and counted by which answers.
create view form_answer as
select form_id, field, subject_id, ordinal, text, number, day from answer_value;

-- And which submissions are about whom.
create view form_submission as
select submission_id, form_id, number, subject, subject_id, org_unit_id, sector, status, answers, author, comment,
       saved_at, submitted_at, version
from submission;

-- What forms may take options from.
create view code_list as select distinct list from code_list_entry;
