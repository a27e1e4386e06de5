import { GENESIS_HASH } from '../../domain/revocation.ts';
import type { Random } from '../../ports/random.ts';
import type { Connection } from './connections.ts';

export const EPOCH_BYTES = 16;

/** Version 1. Times are milliseconds since 1970, lists and claims are JSON texts, subjects are found by their SHA-256. */
export async function createInitialSchema(
  connection: Connection,
  schema: string,
  random: Random,
): Promise<void> {
  await connection.query(sessions(schema));
  await connection.query(revocations(schema));
  await connection.query(keys(schema));
  await connection.query(others(schema));
  await connection.query(`INSERT INTO ${schema}.feed_head (epoch, sequence, hash) VALUES ($1, 0, $2)`, [
    random.bytes(EPOCH_BYTES),
    GENESIS_HASH,
  ]);
  await connection.query(`
    INSERT INTO ${schema}.key_ring (revision) VALUES (0);
    INSERT INTO ${schema}.longest_lifetimes (token_ms, session_ms) VALUES (0, 0)`);
}

/** One row per session, its refresh chain included; room in each page, so that a rotation touches no index. */
const sessions = (schema: string): string => `
  CREATE TABLE ${schema}.sessions (
    id                  uuid     PRIMARY KEY,
    subject_key         bytea    NOT NULL CHECK (length(subject_key) = 32),
    subject             text     NOT NULL,
    client_id           text     NOT NULL,
    delivery            text     NOT NULL CHECK (delivery IN ('cookie', 'body')),
    remembered          smallint NOT NULL CHECK (remembered IN (0, 1)),
    audience            text     NOT NULL,
    scope               text     NOT NULL,
    amr                 text     NOT NULL,
    claims              text     NOT NULL,
    authenticated_ms    bigint   NOT NULL,
    started_ms          bigint   NOT NULL,
    last_refreshed_ms   bigint   NOT NULL,
    idle_expires_ms     bigint   NOT NULL,
    absolute_expires_ms bigint   NOT NULL,
    ended_ms            bigint,
    ended_reason        text     CHECK (ended_reason IN ('signed_out', 'revoked', 'reused', 'displaced')),
    share               bytea    NOT NULL CHECK (length(share) = 32),
    generation          bigint   NOT NULL,
    key_version         smallint NOT NULL,
    delivered_ms        bigint   NOT NULL,
    settled             smallint NOT NULL CHECK (settled IN (0, 1)),
    late                smallint NOT NULL,
    late_delivery       text     NOT NULL CHECK (late_delivery IN ('none', 'counted', 'taken')),
    address_prefix      text,
    user_agent          text,
    CHECK ((ended_ms IS NULL) = (ended_reason IS NULL))
  ) WITH (fillfactor = 75);
  CREATE INDEX sessions_by_subject ON ${schema}.sessions (subject_key, started_ms);
  CREATE INDEX sessions_by_start ON ${schema}.sessions (started_ms);
  CREATE INDEX sessions_by_expiry ON ${schema}.sessions (absolute_expires_ms);`;

/**
 * The log, where it stands and on which server, and the cut-offs, which live as long as a session that they must keep from going
 * on; the one for everybody has the empty key.
 */
const revocations = (schema: string): string => `
  CREATE TABLE ${schema}.revocations (
    sequence   bigint PRIMARY KEY,
    hash       bytea  NOT NULL CHECK (length(hash) = 32),
    kind       text   NOT NULL CHECK (kind IN ('all', 'subject', 'session', 'token', 'key')),
    target     text   NOT NULL,
    before_ms  bigint NOT NULL,
    at_ms      bigint NOT NULL,
    expires_ms bigint NOT NULL
  );
  CREATE INDEX revocations_by_expiry ON ${schema}.revocations (expires_ms);
  CREATE TABLE ${schema}.feed_head (
    one                       smallint PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    epoch                     bytea    NOT NULL CHECK (length(epoch) = 16),
    sequence                  bigint   NOT NULL,
    hash                      bytea    NOT NULL CHECK (length(hash) = 32),
    server                    text,
    restore_accepted_until_ms bigint   NOT NULL DEFAULT 0
  ) WITH (fillfactor = 10);
  CREATE TABLE ${schema}.cutoffs (
    target_key bytea  PRIMARY KEY CHECK (length(target_key) IN (0, 32)),
    before_ms  bigint NOT NULL,
    expires_ms bigint NOT NULL
  );
  CREATE INDEX cutoffs_by_expiry ON ${schema}.cutoffs (expires_ms);`;

/** What is in `sealed` was encrypted before it came here. */
const keys = (schema: string): string => `
  CREATE TABLE ${schema}.signing_keys (
    id                text   COLLATE "C" PRIMARY KEY,
    algorithm         text   NOT NULL,
    announced_ms      bigint NOT NULL,
    signs_from_ms     bigint NOT NULL,
    retires_ms        bigint,
    verifies_until_ms bigint,
    compromised_ms    bigint,
    sealed            bytea  NOT NULL,
    CHECK ((retires_ms IS NULL) = (verifies_until_ms IS NULL))
  );
  CREATE TABLE ${schema}.key_roots (
    purpose    text    COLLATE "C" NOT NULL,
    version    integer NOT NULL,
    created_ms bigint  NOT NULL,
    sealed     bytea   NOT NULL,
    PRIMARY KEY (purpose, version)
  );
  CREATE TABLE ${schema}.key_ring (
    one      smallint PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    revision bigint   NOT NULL
  );
  CREATE TABLE ${schema}.longest_lifetimes (
    one        smallint PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    token_ms   bigint   NOT NULL,
    session_ms bigint   NOT NULL
  );`;

const others = (schema: string): string => `
  CREATE TABLE ${schema}.accounts (
    id            text   COLLATE "C" PRIMARY KEY,
    email         text   NOT NULL,
    email_key     text   COLLATE "C" NOT NULL UNIQUE,
    created_ms    bigint NOT NULL,
    password_hash text   NOT NULL
  );
  CREATE TABLE ${schema}.clients (
    id                 text   COLLATE "C" PRIMARY KEY,
    name               text   NOT NULL,
    roles              text   NOT NULL,
    created_ms         bigint NOT NULL,
    secret_changed_ms  bigint NOT NULL,
    secret_hash        bytea  CHECK (length(secret_hash) = 32),
    former_until_ms    bigint,
    former_secret_hash bytea  CHECK (length(former_secret_hash) = 32),
    CHECK ((former_until_ms IS NULL) = (former_secret_hash IS NULL))
  );
  CREATE TABLE ${schema}.exchanges (
    key        bytea  PRIMARY KEY CHECK (length(key) = 32),
    session_id uuid   NOT NULL,
    at_ms      bigint NOT NULL,
    expires_ms bigint NOT NULL
  );
  CREATE INDEX exchanges_by_expiry ON ${schema}.exchanges (expires_ms);
  CREATE TABLE ${schema}.verifiers (
    client_id     text   COLLATE "C" NOT NULL,
    instance      text   COLLATE "C" NOT NULL,
    name          text   COLLATE "C" NOT NULL,
    version       text   NOT NULL,
    epoch         text   NOT NULL,
    sequence      bigint NOT NULL,
    first_seen_ms bigint NOT NULL,
    last_seen_ms  bigint NOT NULL,
    applied_ms    bigint NOT NULL,
    PRIMARY KEY (client_id, instance)
  );`;
