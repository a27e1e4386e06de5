import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createAsymmetricKey } from '../../src/crypto/jws/asymmetric-key.ts';
import { createTokenId } from '../../src/crypto/token-id.ts';
import { parsePosition, type FeedCheckpoint } from '../../src/domain/feed.ts';
import { formatRecords } from '../../src/domain/feed-records.ts';
import { createSessionId, type KeyId, type SessionId, type TokenId } from '../../src/domain/ids.ts';
import {
  GENESIS_HASH,
  type LogHead,
  type RevocationRecord,
  type RevocationTarget,
} from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { signCheckpoint } from '../../src/engine/feed-format/checkpoint.ts';
import { chainRecords } from '../../src/engine/feed-format/record-chain.ts';
import { snapshotChunks, snapshotEnd } from '../../src/engine/feed-format/write-snapshot.ts';
import { createRevocationView } from '../../src/engine/revocation/view.ts';
import { signJws, type Jwk } from '../../src/facade/jws.ts';
import { systemClock } from '../../src/platform/system-clock.ts';

export const AUDIENCE = 'https://api.example';
export const CREDENTIAL = { clientId: 'billing', clientSecret: 'wwcs_guards-nothing' };
const HEARTBEAT_MS = 200;
const DAY_MS = 86_400_000;

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Forged extends Partial<FeedCheckpoint> {
  readonly key?: FeedKey;
}

export type FeedKey = ReturnType<typeof createFeedKey>;

export function createFeedKey(kid: string) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return createAsymmetricKey(kid as KeyId, 'EdDSA', der);
}

export function newSessionId(): SessionId {
  return createSessionId(epochMs(Date.now()), randomBytes(10));
}

function newTokenId(sessionId: SessionId, issuedMs: number): TokenId {
  const binding = { sessionId, generation: 1 };
  return createTokenId(epochMs(issuedMs), randomBytes(4), binding, randomBytes(32));
}

/** An issuer that speaks the feed's protocol, and can be told to misbehave in any part of it. */
export class ScriptedIssuer {
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly receipts: Record<string, unknown>[] = [];
  readonly streams = new Set<ServerResponse>();
  readonly records: RevocationRecord[] = [];
  readonly url: string;
  readonly jwks: { readonly keys: readonly Jwk[] };
  feedKey: FeedKey = createFeedKey('f1');
  epoch = randomBytes(16).toString('hex');
  clock = randomBytes(8).toString('hex');
  keyRevision = 1;
  settleMs = 0;
  /** When the store was last read, if it is away. */
  asOfMs: number | undefined;
  beats = true;
  /** In place of what an honest issuer answers, by path. */
  readonly instead = new Map<string, Answer>();
  readonly #tokenKey: Jwk;
  readonly #honest: Readonly<Record<string, Answer>> = {
    '/.well-known/oauth-authorization-server': (_request, response) =>
      sendJson(response, {
        issuer: this.url,
        jwks_uri: `${this.url}/.well-known/jwks.json`,
        watchword_feed_endpoint: `${this.url}/feed`,
      }),
    '/.well-known/jwks.json': (_request, response) => sendJson(response, this.jwks),
    '/feed/keys': (_request, response) => sendJson(response, { keys: [this.feedKey.publicJwk] }),
    '/feed': (request, response) => this.#follow(request, response),
    '/feed/snapshot': (request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.watchword.feed-snapshot' });
      response.end(this.snapshot(nonceIn(request)));
    },
    '/feed/receipts': (request, response) => void this.#note(request, response),
    '/oauth/introspect': (request, response) => void introspect(request, response),
  };

  constructor(url: string) {
    this.url = url;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const named = { kid: 't1', alg: 'ES256' };
    this.#tokenKey = { ...(privateKey.export({ format: 'jwk' }) as Jwk), ...named };
    this.jwks = { keys: [{ ...(publicKey.export({ format: 'jwk' }) as Jwk), ...named }] };
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    this.asked.push(path);
    const { clientId, clientSecret } = CREDENTIAL;
    const proof = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const isOpen = path.startsWith('/.well-known') || path === '/feed/keys';
    if (!isOpen && request.headers.authorization !== proof) return sendJson(response, {}, 401);
    const answer = this.instead.get(path) ?? this.#honest[path];
    if (answer === undefined) sendJson(response, {}, 404);
    else answer(request, response);
  }

  nowMs(): number {
    return 1e12 + performance.now();
  }

  head(): LogHead {
    const last = this.records.at(-1);
    return { epoch: this.epoch, sequence: last?.sequence ?? 0, hash: last?.hash ?? GENESIS_HASH };
  }

  checkpoint({ key = this.feedKey, ...forged }: Forged = {}): string {
    const nowMs = this.nowMs();
    const honest: FeedCheckpoint = {
      issuer: this.url,
      head: this.head(),
      asOfMs: this.asOfMs ?? nowMs,
      nowMs,
      clock: this.clock,
      keyRevision: this.keyRevision,
      settleMs: this.settleMs,
    };
    return signCheckpoint({ ...honest, ...forged }, key);
  }

  /** Appends to the log without telling anybody. */
  append(...targets: readonly RevocationTarget[]): readonly RevocationRecord[] {
    const head = this.head();
    const atMs = epochMs(Date.now());
    const unhashed = targets.map((target, index) => ({
      sequence: head.sequence + 1 + index,
      target,
      atMs,
      expiresMs: epochMs(atMs + DAY_MS),
    }));
    const records = chainRecords(head, unhashed) ?? [];
    this.records.push(...records);
    return records;
  }

  /** Appends, and tells all who follow. */
  revoke(...targets: readonly RevocationTarget[]): void {
    const records = this.append(...targets);
    this.tell(recordsEvent(records) + checkpointEvent(this.checkpoint()));
  }

  tell(text: string): void {
    for (const stream of this.streams) stream.write(text);
  }

  /** Breaks all streams off. */
  hangUp(): void {
    for (const stream of this.streams) stream.destroy();
  }

  snapshot(forged: Forged = {}): Buffer {
    const view = createRevocationView(systemClock, { record: () => undefined });
    for (const record of this.records) view.apply(record);
    const bytes = Buffer.concat([...snapshotChunks(view, this.head(), this.url)]);
    const snapshot = createHash('sha256').update(bytes).digest();
    return Buffer.concat([bytes, snapshotEnd(this.checkpoint({ snapshot, ...forged }))]);
  }

  /** The history begins anew with the first so many entries, as after a restored backup. */
  restore(count: number, epoch = randomBytes(16).toString('hex')): void {
    this.epoch = epoch;
    this.records.length = count;
    this.hangUp();
  }

  token({ sid = newSessionId(), ageSeconds = 0, ...claims }: TokenWishes = {}): string {
    const issuedMs = Date.now() - ageSeconds * 1000;
    const iat = Math.floor(issuedMs / 1000);
    const payload = {
      iss: this.url,
      sub: 'ada',
      aud: AUDIENCE,
      iat,
      exp: iat + 900,
      jti: newTokenId(sid, issuedMs),
      sid,
      client_id: 'app',
      ww_gen: 1,
      ...claims,
    };
    return signJws(JSON.stringify(payload), this.#tokenKey, { header: { typ: 'at+jwt' } });
  }

  openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.streams.add(response);
    response.once('close', () => this.streams.delete(response));
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    const position = parsePosition(request.headers['last-event-id']);
    if (position === undefined) return sendJson(response, {}, 400);
    const at = position.sequence;
    const known = at === 0 ? GENESIS_HASH : this.records[at - 1]?.hash;
    const isKnown = position.epoch === this.epoch && known !== undefined;
    if (!isKnown || Buffer.compare(known, position.hash) !== 0) return sendJson(response, {}, 409);
    this.openStream(response);
    const rest = this.records.slice(at);
    if (rest.length > 0) response.write(recordsEvent(rest));
    response.write(checkpointEvent(this.checkpoint(nonceIn(request))));
  }

  async #note(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receipt = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    this.receipts.push(receipt);
    const { nonce } = receipt;
    sendJson(response, { checkpoint: this.checkpoint(typeof nonce === 'string' ? { nonce } : {}) });
  }
}

interface TokenWishes {
  readonly sid?: SessionId;
  readonly ageSeconds?: number;
  readonly [claim: string]: unknown;
}

/** Says of any token what it says itself. */
async function introspect(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = new URLSearchParams(await bodyOf(request)).get('token') ?? '';
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  sendJson(response, { ...claims, active: true });
}

export async function startScriptedIssuer(
  t: TestContext,
): Promise<ScriptedIssuer & { stop(): Promise<void> }> {
  const server = createServer((request, response) => issuer.answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = new ScriptedIssuer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const beating = setInterval(() => {
    if (issuer.beats) issuer.tell(checkpointEvent(issuer.checkpoint()));
  }, HEARTBEAT_MS);

  async function stop(): Promise<void> {
    clearInterval(beating);
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  t.after(stop);
  return Object.assign(issuer, { stop });
}

export function recordsEvent(records: readonly RevocationRecord[]): string {
  return `event: records\ndata: ${formatRecords(records)}\n\n`;
}

export function checkpointEvent(text: string): string {
  return `event: checkpoint\ndata: ${text}\n\n`;
}

export function nonceIn(request: IncomingMessage): { readonly nonce?: string } {
  const nonce = new URL(request.url ?? '', 'http://localhost').searchParams.get('nonce');
  return nonce === null ? {} : { nonce };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
