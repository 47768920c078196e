-- Whoever finds that a day or a month of AI has cost as much as its tenant wants to be told of (AI-2, AI-3) queues mail
-- to the owners; the sweep does as well, for calls whose function was stopped. It knows which of a tenant's members
-- own it, of the tenant that it has entered and no other, and no address of anybody.
create policy system on app.memberships for select to app_system using (tenant_id = (select app.tenant_id()));
grant select (tenant_id, user_id, role) on app.memberships to app_system;
