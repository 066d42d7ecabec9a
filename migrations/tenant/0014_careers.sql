-- Careers: transfers between two offices; leave, and the public holidays by which its days are counted.
create table transfer_proposal (
    proposal_id     uuid primary key,
    worker_id       uuid not null references worker,
    -- The posting that it would end. Once that has an end, the worker moved or left, and the proposal is overtaken.
    posting_id      uuid not null references posting,
    -- The posting that it would begin.
    facility_id     uuid not null references facility,
    cadre_id        uuid not null references cadre,
    employment_type text not null,
    supervisor_id   uuid references facility,
    starts_on       date not null,
    -- Why the old posting would end.
    reason          text not null,
    status          text not null default 'pending' check (status in ('pending', 'accepted', 'declined', 'withdrawn')),
    proposed_by     text not null,
    proposed_at     timestamptz not null,
    decided_by      text,
    decided_at      timestamptz,
    comment         text,
    act             jsonb,
    version         int not null default 1,
    check ((status = 'pending') = (decided_by is null)),
    check ((decided_by is null) = (decided_at is null))
);

create unique index one_pending_transfer on transfer_proposal (posting_id) where status = 'pending';
create index transfer_proposal_of_worker on transfer_proposal (worker_id, proposal_id);
create index transfer_proposal_to on transfer_proposal (facility_id, proposal_id);

-- Proposals with what both sides see of them.
create view seen_transfer_proposal as
select t.proposal_id, t.worker_id, w.family_name, w.given_names, p.facility_id as from_facility_id,
       p.cadre_id as from_cadre_id, left_cadre.sector as from_sector, t.facility_id, t.cadre_id, next_cadre.sector,
       t.employment_type, t.supervisor_id, t.starts_on, t.reason,
       case when t.status = 'pending' and p.ends_on is not null then 'overtaken' else t.status end as status,
       t.proposed_by, t.proposed_at, t.decided_by, t.decided_at, t.comment, t.act, t.version
from transfer_proposal t
join worker w on w.worker_id = t.worker_id
join posting p on p.posting_id = t.posting_id
join cadre left_cadre on left_cadre.cadre_id = p.cadre_id
join cadre next_cadre on next_cadre.cadre_id = t.cadre_id;

create table leave (
    leave_id     uuid primary key,
    worker_id    uuid not null references worker,
    leave_type   text not null,
    starts_on    date not null,
    -- The last day; of a leave that was cut short, the day before the worker was back.
    ends_on      date not null,
    status       text not null check (status in ('requested', 'approved', 'declined', 'cancelled')),
    note         text,
    requested_by text not null,
    requested_at timestamptz not null,
    -- Who approved or declined it.
    decided_by   text,
    decided_at   timestamptz,
    comment      text,
    recalled_on  date,
    act          jsonb,
    version      int not null default 1,
    check (ends_on >= starts_on),
    check ((decided_by is null) = (decided_at is null)),
    check (status not in ('approved', 'declined') or decided_by is not null),
    constraint two_people_decide check (decided_by <> requested_by),
    constraint one_leave_a_day
        exclude using gist (uuid_hash_extended(worker_id, 0) with =, uuid_hash_extended(worker_id, 1) with =,
                            daterange(starts_on, ends_on, '[]') with &&) where (status = 'approved')
);

create index leave_of_worker on leave (worker_id, starts_on desc);
create index leave_on_day on leave (ends_on, starts_on) where status = 'approved';
create index leave_that_waits on leave (leave_id) where status = 'requested';

-- Public holidays; the weekend is in the country's settings.
create table holiday (
    day     date primary key,
    name    jsonb not null,
    source  text not null default '',
    version int not null default 1
);
