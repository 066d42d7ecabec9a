-- What a posting is beside where it is: the post that somebody holds, or duty besides it, and the grade by which it is paid.
alter table posting add column kind text not null default 'substantive'
    check (kind in ('substantive', 'acting', 'secondment'));
alter table posting add column salary_grade text;
alter table posting add constraint only_besides check (kind = 'substantive' or not is_primary);

-- Who came and who left between two days.
create index posting_by_start on posting (starts_on) where is_primary;
