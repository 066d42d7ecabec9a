-- What people have passed, what they may practise, what they were taught in service, and whether they were vetted. Nothing
-- is ever deleted: what was entered by mistake is withdrawn with a reason.
create table qualification (
    qualification_id uuid primary key,
    worker_id        uuid not null references worker,
    -- By the country's list qualification_level.
    level            text not null,
    -- As it stands on the certificate.
    title            text not null,
    major            text not null default '',
    institution      text not null,
    -- Of the institution, by ISO 3166-1.
    country          text check (country ~ '^[A-Z]{2}$'),
    -- In which it was passed; absent while it is not, or not known.
    year             smallint check (year between 1900 and 2200),
    -- The cadres that it lets its holder into.
    cadre_ids        uuid[] not null default '{}',
    act              jsonb,
    -- Why it does not count after all.
    withdrawal       text
);

create index qualification_of_worker on qualification (worker_id);
create index qualification_for_cadre on qualification using gin (cadre_ids) where withdrawal is null;

-- That a council has somebody on its register.
create table registration (
    registration_id uuid primary key,
    worker_id       uuid not null references worker,
    cadre_id        uuid not null references cadre,
    council         text not null,
    number          text not null,
    -- As compared: capitals and digits only.
    number_key      text not null,
    registered_on   date not null,
    act             jsonb,
    withdrawal      text
);

create index registration_of_worker on registration (worker_id);
create unique index one_registration_a_number on registration (council, number_key) where withdrawal is null;

-- A licence to practise. How it stands on a day follows from its terms and from what was decided about it.
create table licence (
    licence_id uuid primary key,
    worker_id  uuid not null references worker,
    cadre_id   uuid not null references cadre,
    council    text not null,
    number     text not null,
    number_key text not null,
    withdrawal text
);

create index licence_of_worker on licence (worker_id);
create unique index one_licence_a_number on licence (council, number_key) where withdrawal is null;

-- What it was issued for, and each renewal.
create table licence_term (
    licence_id uuid not null references licence,
    starts_on  date not null,
    ends_on    date not null,
    act        jsonb,
    primary key (licence_id, starts_on),
    check (ends_on >= starts_on),
    constraint one_term_a_day
        exclude using gist (licence_id with =, daterange(starts_on, ends_on, '[]') with &&)
);

create table licence_decision (
    licence_id uuid not null references licence,
    holds_from date not null,
    ruling     text not null check (ruling in ('suspend', 'reinstate', 'revoke')),
    -- By the country's list licence_reason.
    reason     text,
    act        jsonb,
    primary key (licence_id, holds_from),
    check (ruling = 'reinstate' or reason is not null)
);

-- What credentials may know of the people on the register, and of where they serve.
create view credential_worker as
select worker_id, org_unit_id, sector from worker;

create view credential_posting as
select worker_id, cadre_id, facility_id, starts_on, ends_on from posting;

-- What is taught in service, when, and who attended.
create table course (
    course_id    uuid primary key,
    code         text not null unique,
    title        jsonb not null,
    -- In points of continuing education.
    credits      int not null check (credits between 0 and 1000),
    -- For how many months it counts once it is completed; absent: for good.
    valid_months int check (valid_months between 1 and 600),
    -- The first day on which no session of it begins.
    retired_on   date,
    version      int not null
);

create table training_session (
    session_id  uuid primary key,
    course_id   uuid not null references course,
    provider    text not null,
    -- Where, when that is a facility, and in words.
    facility_id uuid references facility,
    place       text not null,
    starts_on   date not null,
    ends_on     date not null,
    act         jsonb,
    check (ends_on >= starts_on)
);

create index training_session_by_day on training_session (starts_on, session_id);
create index training_session_of_course on training_session (course_id, starts_on);

create table attendance (
    attendance_id uuid primary key,
    session_id    uuid not null references training_session,
    worker_id     uuid not null references worker,
    outcome       text not null check (outcome in ('completed', 'failed', 'absent')),
    credits       int not null check (credits between 0 and 1000),
    act           jsonb,
    withdrawal    text
);

create index attendance_of_worker on attendance (worker_id);
create unique index one_attendance_a_session on attendance (session_id, worker_id) where withdrawal is null;

create view session_of_course as
select s.session_id, s.provider, s.facility_id, s.place, s.starts_on, s.ends_on, s.act,
       c.course_id, c.code, c.title, c.credits as course_credits, c.valid_months, c.retired_on, c.version
from training_session s
join course c on c.course_id = s.course_id;

-- Whether people were found fit to be trusted with those whom they serve.
create table vetting (
    vetting_id uuid primary key,
    worker_id  uuid not null references worker,
    -- By the country's list vetting_kind.
    kind       text not null,
    status     text not null check (status in ('pending', 'cleared', 'refused')),
    issued_on  date not null,
    expires_on date,
    issued_by  text not null,
    act        jsonb,
    withdrawal text,
    check (expires_on >= issued_on)
);

create index vetting_of_worker on vetting (worker_id);

create view credential_phone as
select distinct worker_id from worker_contact where kind = 'phone';
