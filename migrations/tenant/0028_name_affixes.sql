-- What stands before and behind a name: Dr, Sr., Jr.
alter table particulars add column name_prefix text, add column name_suffix text;
