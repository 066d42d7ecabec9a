-- What was done in some days is found without reading the whole ledger. The index by time knows of new rows only once they
-- are summed up; left to a vacuum, that may be as late as a fifth of the ledger, and all of them are read until then. Now it is
-- done whenever a megabyte of them is full, and never by whoever appends.
alter index ledger_by_time set (autosummarize = on);
select brin_summarize_new_values('ledger_by_time');

-- Who entered a change is not always who wrote it: a correction that somebody else approved is written by whoever approves
-- it, with the approval in the row after it, and is the work of whoever asked for it.
create or replace view worker_entry as
select e.seq, e.at, e.actor, e.verb, e.subject_id as worker_id, e.unit_after, e.sector_after,
       case when e.verb <> 'correct' then e.actor
            else coalesce((select r.requested_by
                           from ledger approval join change_request r on r.request_id = approval.subject_id
                           where approval.seq = e.seq + 1 and approval.verb = 'approve_change'
                             and approval.at = e.at and approval.actor = e.actor), e.actor) end as clerk
from ledger e where e.subject_kind = 'worker';
