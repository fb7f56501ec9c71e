-- compatible from 4
-- Which request caused it, as `traceparent` says it: what a job logs can be found from there.
alter table jobs add column traceparent text;
