-- Set in the place where the middle of an attempt's log was taken out: how many bytes.
alter table job_log add column left_out bigint;
