-- A contact is looked for by its id through the primary key, also before PostgreSQL has counted the table: an index that
-- begins with workspace and campaign looks as good then, and leads through all contacts of a campaign of 500,000.
alter table contacts drop constraint contacts_workspace_id_campaign_id_phone_key;
alter table contacts add unique (workspace_id, phone, campaign_id);
