-- Which samples of the test split the job has right, a bit each in the dataset's order, lowest bit first: what McNemar's test needs of
-- the outputs, without reading them. Null without a test split, and of jobs that ended before this was kept.
alter table job_output add column test_correct bytea;
