-- Where an article came from as it is: the version of its package, when that was made, and whether the package was not installed before.
-- Of what was installed earlier nothing is known: version 0.
ALTER TABLE article ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN first INTEGER NOT NULL DEFAULT 1;
