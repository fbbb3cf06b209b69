/** Tables of `exchange.db`, as the steps that lead from an empty file to them: a step that was released is never changed. */

const FIRST = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE booking (booking_id TEXT PRIMARY KEY, container TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX booking_container ON booking (container);
CREATE TABLE clearance (
  declaration TEXT NOT NULL, container TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (declaration, container)) STRICT;
CREATE INDEX clearance_container ON clearance (container);
-- Containers whose clearances control is told of: booked ones, and those it asked for.
CREATE TABLE watched (container TEXT PRIMARY KEY) STRICT;
-- On the way to control. seq is given when a row is about to be submitted; until then a newer row of the same key replaces it.
CREATE TABLE pending (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, priority INTEGER NOT NULL, seq INTEGER, body TEXT NOT NULL) STRICT;
CREATE INDEX pending_key ON pending (key);
-- Pages of the customs list with a change that could not be read: read again until they can.
CREATE TABLE aside (cursor TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT;
CREATE TABLE report (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, report_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')), answer TEXT) STRICT;
CREATE INDEX report_waiting ON report (ord) WHERE state = 'waiting';

CREATE TABLE own_line (line INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE own_head (size INTEGER PRIMARY KEY, root_hash TEXT NOT NULL, jws TEXT NOT NULL) STRICT;
CREATE TABLE their_line (line INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
`;

/** Several sources of customs' word: each row knows its feed. One index serves both ways of finding a clearance. */
const SEVERAL_FEEDS = `
CREATE TABLE clearance_2 (
  container TEXT NOT NULL, declaration TEXT NOT NULL, version INTEGER NOT NULL,
  feed TEXT NOT NULL, -- which brought this version
  as_of INTEGER NOT NULL, -- when its source said so
  absent_as_of INTEGER, absent_version INTEGER, -- a complete statement of that time does not name it any more
  body TEXT NOT NULL) STRICT;
INSERT INTO clearance_2 (container, declaration, version, feed, as_of, body)
  SELECT container, declaration, version, 'customs', 0, body FROM clearance;
DROP TABLE clearance;
ALTER TABLE clearance_2 RENAME TO clearance;
CREATE UNIQUE INDEX clearance_key ON clearance (container, declaration);
CREATE INDEX clearance_absent ON clearance (absent_version) WHERE absent_version IS NOT NULL;

CREATE TABLE examination (
  container TEXT NOT NULL, requirement TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (container, requirement)) STRICT;

CREATE TABLE aside_2 (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, feed TEXT NOT NULL, cursor TEXT NOT NULL, reason TEXT NOT NULL,
  UNIQUE (feed, cursor)) STRICT;
INSERT INTO aside_2 (feed, cursor, reason) SELECT 'customs', cursor, reason FROM aside ORDER BY rowid;
DROP TABLE aside;
ALTER TABLE aside_2 RENAME TO aside;

-- Containers to ask customs about, one by one.
CREATE TABLE asked (ord INTEGER PRIMARY KEY AUTOINCREMENT, container TEXT NOT NULL UNIQUE) STRICT;

-- Lists taken from the drop folder. Until moved, the file still lies where it was dropped.
CREATE TABLE folder_list (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL UNIQUE, number TEXT NOT NULL UNIQUE, as_of INTEGER NOT NULL,
  moved INTEGER NOT NULL) STRICT;
-- The list that is being read; what it says counts only when all of it has been read.
CREATE TABLE folder_line (
  line INTEGER PRIMARY KEY, container TEXT NOT NULL, declaration TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
`;

/** All that waits to go out, whatever it is: in order for each container. Reports were kept on their own before. */
const OUTBOX = `
CREATE TABLE outbox (
  ord INTEGER PRIMARY KEY AUTOINCREMENT,
  destination TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, container TEXT NOT NULL, body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')), answer TEXT,
  UNIQUE (destination, kind, key)) STRICT;
CREATE INDEX outbox_waiting ON outbox (destination, ord) WHERE state = 'waiting';
CREATE INDEX outbox_refused ON outbox (destination, ord) WHERE state = 'refused';
INSERT INTO outbox (destination, kind, key, container, body, state, answer)
  SELECT 'customs', 'report', report_id, json_extract(body, '$.SoContainer'), body, state, answer FROM report ORDER BY ord;
DROP TABLE report;
`;

/** What becomes files for partners and officers. */
const FILES = `
-- What the journal last said of each crossing, for what is told of it later.
CREATE TABLE crossing (ord INTEGER PRIMARY KEY AUTOINCREMENT, crossing TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;

-- source: SHA-256 of the decision it comes from. interchange: the number of the one it went into; null while it waits.
-- refused: why it cannot be told.
CREATE TABLE codeco_event (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, partner TEXT NOT NULL, event_id TEXT NOT NULL, source TEXT NOT NULL, body TEXT NOT NULL,
  interchange INTEGER, refused TEXT, UNIQUE (partner, event_id)) STRICT;
CREATE INDEX codeco_waiting ON codeco_event (partner, ord) WHERE interchange IS NULL AND refused IS NULL;
-- text: as it is written; null once it is on disk.
CREATE TABLE codeco_interchange (
  partner TEXT NOT NULL, number INTEGER NOT NULL, events INTEGER NOT NULL, charset TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT,
  PRIMARY KEY (partner, number)) STRICT;
CREATE INDEX codeco_unwritten ON codeco_interchange (partner, number) WHERE text IS NOT NULL;

-- number: gapless, so that the officer sees when a line is missing.
CREATE TABLE alert (
  number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, day TEXT NOT NULL, line TEXT NOT NULL,
  written INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX alert_unwritten ON alert (day, number) WHERE written = 0;
CREATE INDEX alert_day ON alert (day, number);
-- Alarms that stand raised: raised again before they return, they are no news.
CREATE TABLE alarm_raised (alarm TEXT PRIMARY KEY) STRICT;
`;

/**
 * Which crossing has used what a container carries of a declaration, and what others have used of the declaration since customs
 * last said what is left of it.
 */
const ALLOTMENTS = `
ALTER TABLE clearance ADD COLUMN used_by TEXT;
ALTER TABLE clearance ADD COLUMN used_packages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clearance ADD COLUMN used_kg INTEGER NOT NULL DEFAULT 0;
CREATE INDEX clearance_shared ON clearance (declaration) WHERE json_extract(body, '$.remaining') IS NOT NULL;
`;

/** Signed lists control was told of, each in its newest version. */
const LISTS = `
CREATE TABLE list (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
`;

/** A person may give up what was refused: `dropped` says why, and is null while nobody has. */
const SEEN_TO = `
ALTER TABLE outbox ADD COLUMN dropped TEXT;
DROP INDEX outbox_refused;
CREATE INDEX outbox_refused ON outbox (destination, ord) WHERE state = 'refused' AND dropped IS NULL;
ALTER TABLE codeco_event ADD COLUMN dropped TEXT;
CREATE INDEX codeco_refused ON codeco_event (partner, ord) WHERE refused IS NOT NULL AND dropped IS NULL;
`;

/** What came over the ASEAN Single Window, and the containers each document names or that rest on it. */
const ADVANCE = `
CREATE TABLE advance (
  kind TEXT NOT NULL, reference TEXT NOT NULL, version INTEGER NOT NULL, issued_at INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, reference)) STRICT;
CREATE TABLE advance_of (
  container TEXT NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL, PRIMARY KEY (container, kind, reference)) STRICT;
CREATE INDEX advance_of_document ON advance_of (kind, reference);
`;

/** Roots of the full tiles (256 lines) of the counterpart's log; those of before are made when they are missed. */
const TILES = `
CREATE TABLE their_tile (tile INTEGER PRIMARY KEY, root_hash TEXT NOT NULL) STRICT;
`;

/** Our own log as the counterpart has kept it, while it is fetched: what is verified as a whole is told to control from here. */
const COPY = `
CREATE TABLE copied_line (line INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
`;

/** Time stamps (RFC 3161) on heads of the two logs. stamp: what the token says. at: when it was taken, by our clock. */
const TIME_STAMPS = `
CREATE TABLE time_stamp (
  log TEXT NOT NULL CHECK (log IN ('ours', 'theirs')), size INTEGER NOT NULL, root_hash TEXT NOT NULL, head TEXT NOT NULL,
  token TEXT NOT NULL, stamp TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (log, size)) STRICT;
`;

/** Step *i* leads from `user_version` *i* to *i* + 1. */
export const MIGRATIONS: readonly string[] = [
  FIRST,
  SEVERAL_FEEDS,
  OUTBOX,
  FILES,
  ALLOTMENTS,
  LISTS,
  SEEN_TO,
  ADVANCE,
  TILES,
  COPY,
  TIME_STAMPS,
];
export const SCHEMA_VERSION = MIGRATIONS.length;
