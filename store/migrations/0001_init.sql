-- A snapshot is everything known at one time. Its parts are inserted first and its own row last, in one
-- transaction: the row seals the snapshot, and the triggers below refuse any change from then on.
-- Each part is kept whole as JSON, beside the columns that queries need.

CREATE TABLE snapshots (
    id           INTEGER PRIMARY KEY,
    created      TEXT    NOT NULL, -- RFC 3339, UTC
    hash         TEXT    NOT NULL, -- content hash of the chain
    nodes        INTEGER NOT NULL,
    links        INTEGER NOT NULL,
    critical     INTEGER NOT NULL, -- open findings of that severity
    high         INTEGER NOT NULL,
    medium       INTEGER NOT NULL,
    low          INTEGER NOT NULL,
    not_assessed INTEGER NOT NULL,
    files        INTEGER NOT NULL, -- files imported
    failed       INTEGER NOT NULL, -- of those, the ones that nothing could be taken from
    gaps         TEXT    NOT NULL, -- JSON list
    intent       TEXT              -- JSON, NULL when nothing was declared
) STRICT;

CREATE TABLE nodes (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) DEFERRABLE INITIALLY DEFERRED,
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    lane     INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    account  TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    env      TEXT    NOT NULL,
    owner    TEXT    NOT NULL, -- as imported; assignments are kept apart
    class    TEXT    NOT NULL,
    json     TEXT    NOT NULL,
    PRIMARY KEY (snapshot, id)
) STRICT;

CREATE TABLE links (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) DEFERRABLE INITIALLY DEFERRED,
    id       TEXT    NOT NULL,
    from_id  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    to_id    TEXT    NOT NULL,
    granted  TEXT    NOT NULL,
    wired    TEXT    NOT NULL,
    used     TEXT    NOT NULL,
    logged   TEXT    NOT NULL,
    owner    TEXT    NOT NULL,
    evidence TEXT    NOT NULL, -- evidence hash: changes when the access behind the link does
    json     TEXT    NOT NULL,
    PRIMARY KEY (snapshot, id)
) STRICT;

CREATE TABLE policies (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) DEFERRABLE INITIALLY DEFERRED,
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    json     TEXT    NOT NULL,
    PRIMARY KEY (snapshot, id)
) STRICT;

CREATE TABLE findings (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) DEFERRABLE INITIALLY DEFERRED,
    seq      INTEGER NOT NULL, -- position in the report, 0 first
    id       TEXT    NOT NULL, -- fingerprint
    rule     TEXT    NOT NULL,
    status   TEXT    NOT NULL,
    severity INTEGER NOT NULL, -- 1 low … 4 critical
    sentence TEXT    NOT NULL,
    json     TEXT    NOT NULL,
    PRIMARY KEY (snapshot, seq)
) STRICT;

CREATE TABLE files (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) DEFERRABLE INITIALLY DEFERRED,
    seq      INTEGER NOT NULL, -- position in the import report, 0 first
    file     TEXT    NOT NULL,
    format   TEXT    NOT NULL, -- "" when it was not recognised
    bytes    INTEGER NOT NULL,
    error    TEXT    NOT NULL,
    json     TEXT    NOT NULL,
    PRIMARY KEY (snapshot, seq)
) STRICT;

-- Owners given by people. They belong to no snapshot: they are keyed on what they own and outlive an import.
-- A later row for the same node or link takes the place of an earlier one; none is ever changed.
CREATE TABLE assignments (
    id     INTEGER PRIMARY KEY,
    node   TEXT NOT NULL, -- "" when a link is meant
    link   TEXT NOT NULL, -- "" when a node is meant
    owner  TEXT NOT NULL, -- "" takes an assignment back
    by     TEXT NOT NULL,
    reason TEXT NOT NULL,
    at     TEXT NOT NULL, -- RFC 3339, UTC
    CHECK ((node = '') <> (link = ''))
) STRICT;

CREATE TRIGGER snapshots_no_update BEFORE UPDATE ON snapshots BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER snapshots_no_delete BEFORE DELETE ON snapshots BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

CREATE TRIGGER nodes_sealed BEFORE INSERT ON nodes WHEN EXISTS (SELECT 1 FROM snapshots WHERE id = NEW.snapshot)
BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER nodes_no_update BEFORE UPDATE ON nodes BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER nodes_no_delete BEFORE DELETE ON nodes BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

CREATE TRIGGER links_sealed BEFORE INSERT ON links WHEN EXISTS (SELECT 1 FROM snapshots WHERE id = NEW.snapshot)
BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER links_no_update BEFORE UPDATE ON links BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER links_no_delete BEFORE DELETE ON links BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

CREATE TRIGGER policies_sealed BEFORE INSERT ON policies WHEN EXISTS (SELECT 1 FROM snapshots WHERE id = NEW.snapshot)
BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

CREATE TRIGGER findings_sealed BEFORE INSERT ON findings WHEN EXISTS (SELECT 1 FROM snapshots WHERE id = NEW.snapshot)
BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER findings_no_update BEFORE UPDATE ON findings BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER findings_no_delete BEFORE DELETE ON findings BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

CREATE TRIGGER files_sealed BEFORE INSERT ON files WHEN EXISTS (SELECT 1 FROM snapshots WHERE id = NEW.snapshot)
BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
CREATE TRIGGER files_no_delete BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

CREATE TRIGGER assignments_no_update BEFORE UPDATE ON assignments BEGIN SELECT RAISE(ABORT, 'an assignment is never changed'); END;
CREATE TRIGGER assignments_no_delete BEFORE DELETE ON assignments BEGIN SELECT RAISE(ABORT, 'an assignment is never changed'); END;
