import { compromiseKey } from './compromise-key.ts';
import { createClient } from './create-client.ts';
import { deleteClient } from './delete-client.ts';
import { endSession } from './end-session.ts';
import type { Endpoint } from './endpoint.ts';
import { listClients } from './list-clients.ts';
import { listKeys } from './list-keys.ts';
import { listRevocations } from './list-revocations.ts';
import { listSessions } from './list-sessions.ts';
import { rewrapKeys } from './rewrap-keys.ts';
import { revoke } from './revoke.ts';
import { rotateClientSecret } from './rotate-client-secret.ts';
import { rotateKey } from './rotate-key.ts';
import { selfCheck } from './self-check.ts';
import { showClient } from './show-client.ts';
import { showFeed } from './show-feed.ts';
import { showSession } from './show-session.ts';
import { showSettings } from './show-settings.ts';
import { showSubject } from './show-subject.ts';
import { tailEvents } from './tail-events.ts';

/** All of the admin API. */
export const ADMIN_ENDPOINTS: readonly Endpoint[] = [
  listSessions,
  showSession,
  endSession,
  showSubject,
  listRevocations,
  revoke,
  showFeed,
  listKeys,
  rotateKey,
  rewrapKeys,
  compromiseKey,
  listClients,
  createClient,
  showClient,
  deleteClient,
  rotateClientSecret,
  tailEvents,
  showSettings,
  selfCheck,
];
