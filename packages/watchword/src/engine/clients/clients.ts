import {
  CLIENT_SECRET_BYTES,
  formatClientSecret,
  hashClientSecret,
  isClientSecret,
} from '../../crypto/client-secret.ts';
import { equalBytes } from '../../crypto/digest.ts';
import { CLIENT_ROLES, isClientId, type Client, type ClientRole } from '../../domain/client.ts';
import { createUuidV7 } from '../../domain/ids.ts';
import { epochMs } from '../../domain/time.ts';
import { ArgumentError, WatchwordError } from '../../errors/watchword-error.ts';
import type { ClientRecord } from '../../ports/store/client-store.ts';
import type { Store } from '../../ports/store/store.ts';
import type { EngineContext } from '../context.ts';
import { assertText, DEFAULT_CLIENT_ID } from '../sessions/session-input.ts';

/** What is said of a new client. */
export interface NewClient {
  /** Its `client_id`. Default: a UUID. An id can be used once, also where its client was deleted. */
  readonly id?: string;
  /** What people call it. Default: its id. */
  readonly name?: string;
  /** What it may do besides using its own tokens. Default: nothing. */
  readonly roles?: readonly ClientRole[];
}

/** A client and its secret, which is told this once. */
export interface ClientWithSecret {
  readonly client: Client;
  readonly secret: string;
}

export interface Clients {
  /** Rejects with `ERR_CLIENT_EXISTS`. */
  create(input: NewClient): Promise<ClientWithSecret>;
  list(): Promise<readonly Client[]>;
  find(id: string): Promise<Client | undefined>;
  /** Makes a new secret; the one before stays good for `keepFormerMs`. Rejects with `ERR_CLIENT_UNKNOWN`. */
  rotate(id: string, keepFormerMs: number): Promise<ClientWithSecret>;
  /** Rejects with `ERR_CLIENT_UNKNOWN`. */
  delete(id: string): Promise<void>;
  /** The client that the secret proves; `undefined` for a wrong one and for an unknown client alike. */
  authenticate(id: string, secret: string): Promise<Client | undefined>;
  /** What is kept of a secret by whoever goes on serving the client that it proved. */
  proofOf(secret: string): Uint8Array;
  /** Whether the client is still there, and takes the secret that the proof was made of. */
  isProof(id: string, proof: Uint8Array): Promise<boolean>;
  /** Whether tokens of this client id may be used without a secret: no client of that id was ever registered. */
  isPublic(id: string): Promise<boolean>;
}

const ID_RANDOM_BYTES = 10;

export function createClients({ store, clock, random, events }: EngineContext): Clients {
  const newSecret = (): string => formatClientSecret(random.bytes(CLIENT_SECRET_BYTES));
  const recordOf = async (id: unknown): Promise<ClientRecord | undefined> =>
    isClientId(id) ? store.clients.find(id) : undefined;

  function goodHashes({ client, secretHash, formerSecretHash }: ClientRecord): readonly Uint8Array[] {
    const formerIsGood = clock.nowMs() < (client.formerSecretUntilMs ?? 0);
    return formerIsGood && formerSecretHash !== undefined ? [secretHash, formerSecretHash] : [secretHash];
  }

  return {
    async create(input) {
      const createdMs = clock.nowMs();
      const { id = createUuidV7(createdMs, random.bytes(ID_RANDOM_BYTES)), name = id, roles = [] } = input;
      assertNewClient(id, name, roles);
      const client: Client = { id, name, roles: [...roles], createdMs, secretChangedMs: createdMs };
      const secret = newSecret();
      const outcome = await store.clients.create({ client, secretHash: hashClientSecret(secret) });
      if (outcome === 'id_taken') throw new WatchwordError('ERR_CLIENT_EXISTS');
      events.record('client_created', { clientId: id, roles: client.roles });
      return { client, secret };
    },

    list: () => store.clients.list(),

    find: async (id) => (await recordOf(id))?.client,

    async rotate(id, keepFormerMs) {
      assertKnown(isClientId(id));
      const secret = newSecret();
      const changedMs = clock.nowMs();
      const client = await store.clients.replaceSecret(id, {
        secretHash: hashClientSecret(secret),
        changedMs,
        formerUntilMs: keepFormerMs > 0 ? epochMs(changedMs + keepFormerMs) : undefined,
      });
      assertKnown(client !== undefined);
      events.record('client_secret_changed', { clientId: id });
      return { client, secret };
    },

    async delete(id) {
      assertKnown(isClientId(id) && (await store.clients.delete(id)));
      events.record('client_deleted', { clientId: id });
    },

    async authenticate(id, secret) {
      const record = await recordOf(id);
      if (record === undefined) {
        events.record('client_refused', { reason: 'unknown_client' });
        return undefined;
      }
      const { client } = record;
      if (goodHashes(record).some((hash) => isClientSecret(secret, hash))) return client;
      events.record('client_refused', { reason: 'wrong_secret', clientId: client.id });
      return undefined;
    },

    proofOf: hashClientSecret,

    async isProof(id, proof) {
      const record = await recordOf(id);
      return record !== undefined && goodHashes(record).some((hash) => equalBytes(proof, hash));
    },

    async isPublic(id) {
      return id === DEFAULT_CLIENT_ID || !(await store.clients.isTaken(id));
    },
  };
}

/** Whether a client of this id was registered and is no more: nothing is given to it, by whatever way its tokens come. */
export async function isDeletedClient({ clients }: Store, id: string): Promise<boolean> {
  if (id === DEFAULT_CLIENT_ID || !isClientId(id)) return false;
  return (await clients.find(id)) === undefined && (await clients.isTaken(id));
}

function assertKnown(isKnown: boolean): asserts isKnown {
  if (!isKnown) throw new WatchwordError('ERR_CLIENT_UNKNOWN');
}

function assertNewClient(id: unknown, name: unknown, roles: unknown): void {
  if (!isClientId(id)) {
    throw new ArgumentError(
      '`id` has to be 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.',
    );
  }
  if (id === DEFAULT_CLIENT_ID) {
    throw new ArgumentError(
      `\`${DEFAULT_CLIENT_ID}\` is the client without a secret: choose another \`id\`.`,
    );
  }
  assertText('name', name);
  const known: readonly unknown[] = CLIENT_ROLES;
  if (!Array.isArray(roles) || !roles.every((role) => known.includes(role))) {
    throw new ArgumentError(`\`roles\` has to be an array of ${CLIENT_ROLES.join(', ')}.`);
  }
  if (new Set(roles).size < roles.length) throw new ArgumentError('`roles` names a role twice.');
}
