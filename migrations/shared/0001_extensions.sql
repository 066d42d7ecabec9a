-- Operator classes that tenant schemas use; tenants find them through their search path.
create extension if not exists btree_gist schema shared;
create extension if not exists pg_trgm schema shared;
