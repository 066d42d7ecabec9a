-- What is counted. Facilities, cadres and code-list entries get numbers, by which a fact names them in four bytes.
alter table facility add column number bigint not null generated always as identity unique;
alter table cadre add column number bigint not null generated always as identity unique;
alter table code_list_entry add column number bigint not null generated always as identity unique;

-- A row for each primary posting, kept in the posting's own transaction: all that a count looks at in 64 bytes, with
-- nothing absent and the key last, because every column that a count reads over costs it.
create table posting_fact (
    facility   int not null,
    -- Four times the cadre's number, and the sex: 1 female, 2 male, 3 unknown. Together they are one look-up of a count.
    cadre_sex  int not null,
    -- The number of the code-list entry; 0 for terms that the list does not have.
    employment int not null,
    starts_on  date not null,
    -- Infinity while the posting runs.
    ends_on    date not null,
    -- Infinity where it is not known.
    birth_date date not null,
    posting_id uuid primary key references posting
);

insert into posting_fact (facility, cadre_sex, employment, starts_on, ends_on, birth_date, posting_id)
select f.number, 4 * c.number + case w.sex when 'female' then 1 when 'male' then 2 else 3 end, coalesce(e.number, 0),
       p.starts_on, coalesce(p.ends_on, 'infinity'), coalesce(w.birth_date, 'infinity'), p.posting_id
from posting p
join worker w on w.worker_id = p.worker_id
join facility f on f.facility_id = p.facility_id
join cadre c on c.cadre_id = p.cadre_id
left join code_list_entry e on e.list = 'employment_type' and e.code = p.employment_type
where p.is_primary;
