-- How the columns of a file that comes again and again are to be understood.
create table import_mapping (
    name    text primary key check (length(name) between 1 and 100),
    -- {"Nom de famille": "family_name", …}
    columns jsonb not null
);
