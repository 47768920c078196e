-- How a tenant's pages look (UI-4): a name, a colour and a logo of 64 kB at most, in base64. It stands beside what else
-- the tenant set for itself, and is named where it is read: whoever needs the other settings does not fetch a picture.
alter table app.tenant_settings
  add column branding jsonb not null default '{}'
    check (jsonb_typeof(branding) = 'object' and octet_length(branding::text) <= 100000);
