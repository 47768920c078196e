-- What another policy lets the same role see already.
drop policy definer_traces on app.ai_calls;
drop policy definer_counts on app.outbox;
