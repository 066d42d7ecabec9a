-- The scanned documents of legal acts.
create table act_document (
    document_id uuid primary key,
    -- As its first bytes tell.
    media_type  text not null,
    size        int not null check (size > 0),
    sha256      bytea not null check (length(sha256) = 32),
    bytes       bytea not null,
    author      text not null,
    uploaded_at timestamptz not null,
    -- The act that named it; without one it is forgotten after a day.
    act_number  text,
    act_date    date
);

-- Pictures and documents are packed already.
alter table act_document alter column bytes set storage external;

create index act_document_waiting on act_document (author, uploaded_at) where act_number is null;

-- What the acts stand behind that name a document.
create index ledger_of_document on ledger ((act ->> 'document')) where act ->> 'document' is not null;

create view documented as
select act ->> 'document' as document, verb, subject_kind, subject_id, unit_before, unit_after,
       sector_before, sector_after
from ledger
where act ->> 'document' is not null;
