import type { Client } from '../../domain/client.ts';
import type { EpochMs } from '../../domain/time.ts';

/** A client with the hashes of its secrets, which never leave the engine. */
export interface ClientRecord {
  readonly client: Client;
  /** SHA-256 of the secret's text, 32 bytes: the secret has 256 random bits, so that nothing slower is needed. */
  readonly secretHash: Uint8Array;
  /** The same of the secret before, good until `client.formerSecretUntilMs`. */
  readonly formerSecretHash?: Uint8Array;
}

/** A new secret, and how long the one that it replaces is still taken. */
export interface SecretChange {
  readonly secretHash: Uint8Array;
  readonly changedMs: EpochMs;
  /** `undefined` where it dies at once. */
  readonly formerUntilMs: EpochMs | undefined;
}

/** The registered clients. An id is used once: who was deleted leaves its id behind, so that nobody inherits its tokens. */
export interface ClientStore {
  /** Of concurrent calls with one id exactly one is told `created`. */
  create(record: ClientRecord): Promise<'created' | 'id_taken'>;

  /** `undefined` for one that never was or was deleted. */
  find(id: string): Promise<ClientRecord | undefined>;

  /** Whether a client of this id exists or existed. */
  isTaken(id: string): Promise<boolean>;

  /** Ordered by id. */
  list(): Promise<readonly Client[]>;

  /** What was the secret becomes the former one in the same step; `undefined` if there is no such client. */
  replaceSecret(id: string, change: SecretChange): Promise<Client | undefined>;

  /** Forgets the secrets and keeps the id; says whether this call did. */
  delete(id: string): Promise<boolean>;
}
