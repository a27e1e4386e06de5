import type { Client, ClientRole } from '../domain/client.ts';
import type { Engine } from '../engine/engine.ts';
import { DEFAULT_CLIENT_ID } from '../engine/sessions/session-input.ts';
import type { HttpContext } from './handler.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { oauthError } from './oauth-error.ts';

/** Who asks at an endpoint of OAuth. */
export type OAuthClient =
  | { readonly kind: 'proven'; readonly client: Client; readonly proof: Uint8Array }
  /** One without a secret, such as an application on a phone. */
  | { readonly kind: 'public'; readonly id: string }
  | { readonly kind: 'refused'; readonly response: NeutralResponse };

interface Credentials {
  readonly id: string;
  readonly secret: string | undefined;
}

/** RFC 6749 §2.3: `client_secret_basic` or `client_secret_post`, never both; without a secret only who never had one. */
export async function authenticateClient(
  request: NeutralRequest,
  parameters: ReadonlyMap<string, string>,
  { engine }: HttpContext,
): Promise<OAuthClient> {
  const authorization = request.header('authorization');
  const inBody = { id: parameters.get('client_id'), secret: parameters.get('client_secret') };
  let credentials: Credentials = { id: inBody.id ?? DEFAULT_CLIENT_ID, secret: inBody.secret };
  if (authorization !== undefined) {
    const basic = parseBasic(authorization);
    if (basic === undefined) return refuse('The Authorization header is not that of the scheme Basic.');
    if (inBody.secret !== undefined || (inBody.id !== undefined && inBody.id !== basic.id)) {
      const sentence = 'The client proves itself in more than one way. Use one.';
      return { kind: 'refused', response: oauthError('invalid_request', sentence) };
    }
    credentials = basic;
  }
  const { id, secret } = credentials;
  if (secret === undefined) {
    if (await isWithoutSecret(id, engine)) return { kind: 'public', id };
    return refuse('This client has to prove itself with its secret.');
  }
  const client = await engine.clients.authenticate(id, secret);
  return client === undefined
    ? refuse('The client is unknown, or its secret is wrong.')
    : { kind: 'proven', client, proof: engine.clients.proofOf(secret) };
}

/** Whether a client may come without a secret. Who has one and left it out may be somebody else: that is an event. */
export async function isWithoutSecret(id: string, { clients, context }: Engine): Promise<boolean> {
  if (await clients.isPublic(id)) return true;
  context.events.record('client_refused', { reason: 'missing_secret', clientId: id });
  return false;
}

/** `authenticateClient` where nobody comes without a secret. */
export async function requireClient(
  request: NeutralRequest,
  parameters: ReadonlyMap<string, string>,
  context: HttpContext,
): Promise<Exclude<OAuthClient, { readonly kind: 'public' }>> {
  const found = await authenticateClient(request, parameters, context);
  return found.kind === 'public' ? refuse('This endpoint takes registered clients only.') : found;
}

/** `requireClient` for what a role allows. */
export async function requireRole(
  role: ClientRole,
  request: NeutralRequest,
  parameters: ReadonlyMap<string, string>,
  context: HttpContext,
): Promise<Exclude<OAuthClient, { readonly kind: 'public' }>> {
  const found = await requireClient(request, parameters, context);
  if (found.kind === 'refused' || found.client.roles.includes(role)) return found;
  const { events } = context.engine.context;
  events.record('client_refused', { reason: 'missing_role', clientId: found.client.id });
  return {
    kind: 'refused',
    response: oauthError('unauthorized_client', `The client lacks the role ${role}.`, 403),
  };
}

/** RFC 7617 §2; RFC 6749 §2.3.1 has both parts form-encoded before. */
function parseBasic(authorization: string): Credentials | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  try {
    const [, id, secret] = /^([^:]+):(.*)$/s.exec(atob(encoded)) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    return { id: formDecoded(id), secret: formDecoded(secret) };
  } catch {
    return undefined;
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function refuse(sentence: string): { readonly kind: 'refused'; readonly response: NeutralResponse } {
  return { kind: 'refused', response: oauthError('invalid_client', sentence) };
}
