-- The cadre taxonomy (a tree: group, cadre) and the country's code lists.
create table cadre (
    cadre_id     uuid primary key,
    code         text not null unique,
    parent_id    uuid references cadre,
    label        jsonb not null,
    sector       text not null check (sector in ('health', 'social')),
    worker_class text not null check (worker_class in ('professional', 'para-professional', 'volunteer', 'allied')),
    isco08       text references isco08,
    source       text not null default ''
);

create index cadre_children on cadre (parent_id);

create table code_list_entry (
    list       text not null,
    code       text not null,
    label      jsonb not null,
    attributes jsonb not null default '{}',
    primary key (list, code)
);
