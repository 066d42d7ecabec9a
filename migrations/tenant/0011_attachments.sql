-- Files that were given as answers to forms.
create table attachment (
    attachment_id uuid primary key,
    form_id       uuid not null references form,
    -- The path of the field that it answers.
    field         text not null,
    -- As its first bytes tell.
    media_type    text not null,
    size          int not null check (size > 0),
    sha256        bytea not null check (length(sha256) = 32),
    bytes         bytea not null,
    author        text not null,
    uploaded_at   timestamptz not null,
    -- The first answer that has it; without one it is forgotten after a day.
    submission_id uuid references submission
);

-- Pictures and documents are packed already.
alter table attachment alter column bytes set storage external;

create index attachment_waiting on attachment (author, uploaded_at) where submission_id is null;
create index attachment_of_submission on attachment (submission_id) where submission_id is not null;
