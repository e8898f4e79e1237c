-- Who is governed by which policies, so that a question that no link answers can be asked of a snapshot. The policies
-- themselves are rows of their own.

ALTER TABLE snapshots ADD COLUMN governance TEXT; -- JSON, NULL in snapshots made before there was this column
