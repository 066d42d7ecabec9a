-- The registry of tenants. Read by every serving process, written by the owner alone.
create table tenant (
    code       text primary key check (code ~ '^[a-z][a-z0-9]{1,19}$'),
    settings   jsonb not null,
    created_at timestamptz not null default now()
);
