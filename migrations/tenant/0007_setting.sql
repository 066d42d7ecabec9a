-- A register that is taken over may not say whether a facility is in town; nobody is to make it up.
alter table facility drop constraint facility_setting_check;
alter table facility add constraint facility_setting_check check (setting in ('urban', 'rural', 'unknown'));
