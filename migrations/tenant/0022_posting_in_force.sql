-- Whose postings are in force, read from the index alone and in the order of the people: beside it, those who answered a
-- form so are found in one pass over two indexes.
drop index posting_of_worker;
create index posting_of_worker on posting (worker_id, starts_on desc) include (ends_on);
