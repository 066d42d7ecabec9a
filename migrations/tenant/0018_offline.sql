-- Work without the network: corrections of one field by two people, the second of which waits for somebody to look at it.
create table conflict_item (
    conflict_id  uuid primary key,
    worker_id    uuid not null references worker,
    -- As the ledger names the field; `identifiers.<type>` for a number of that type.
    field        text not null,
    -- What the later writer had seen, what somebody else made of it meanwhile, and what the later writer wanted.
    base         jsonb not null,
    theirs       jsonb not null,
    mine         jsonb not null,
    their_actor  text not null,
    their_at     timestamptz not null,
    -- The row of the ledger that has their change.
    their_seq    bigint not null,
    my_actor     text not null,
    my_at        timestamptz not null,
    -- The idempotency key under which the later change was sent.
    key          text,
    state        text not null default 'open' check (state in ('open', 'kept', 'taken')),
    decided_by   text,
    decided_at   timestamptz,
    version      int not null default 1,
    check ((state = 'open') = (decided_by is null)),
    check ((decided_by is null) = (decided_at is null))
);

-- Whoever wants another value still, for the same field, says so in the item that waits.
create unique index one_open_conflict on conflict_item (worker_id, field, my_actor) where state = 'open';
create index conflict_of_worker on conflict_item (worker_id, conflict_id);
create index conflict_that_waits on conflict_item (conflict_id) where state = 'open';

-- Windows of the feed are asked for by time.
create index ledger_by_time on ledger using brin (at);
