import { toHex } from '../../crypto/bytes.ts';

/** Who reads: a client and the hash of the secret that it proved itself with, which may be withdrawn meanwhile. */
export interface FeedReader {
  readonly clientId: string;
  readonly proof: Uint8Array;
}

/** The same text for the same credential. */
export function credentialOf({ clientId, proof }: FeedReader): string {
  return `${clientId} ${toHex(proof)}`;
}

/** Counts what clients have open, of which there may be so many in all and for each. */
export class Places {
  readonly #most: number;
  readonly #mostPerClient: number;
  readonly #taken = new Map<string, number>();
  #count = 0;

  constructor(most: number, mostPerClient: number) {
    this.#most = most;
    this.#mostPerClient = mostPerClient;
  }

  get count(): number {
    return this.#count;
  }

  isFree({ clientId }: FeedReader): boolean {
    return this.#count < this.#most && (this.#taken.get(clientId) ?? 0) < this.#mostPerClient;
  }

  take({ clientId }: FeedReader): void {
    this.#count += 1;
    this.#taken.set(clientId, (this.#taken.get(clientId) ?? 0) + 1);
  }

  giveBack({ clientId }: FeedReader): void {
    this.#count -= 1;
    const left = (this.#taken.get(clientId) ?? 1) - 1;
    if (left > 0) this.#taken.set(clientId, left);
    else this.#taken.delete(clientId);
  }
}
