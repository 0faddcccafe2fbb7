-- A workspace that was created at sign-up, until one of its owners confirms the email address. Only where mail is
-- delivered: see TALKTIME_VERIFY_EMAIL.
alter table workspaces add column awaits_verification boolean not null default false;

-- Whether a person must confirm the email address before the first sign-in. People who signed up before this column
-- existed, or while addresses were not verified, can sign in without.
alter table users add column awaits_verification boolean not null default false;
