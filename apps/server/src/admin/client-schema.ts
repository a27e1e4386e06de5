import type { Client } from 'watchword';
import { z } from 'zod';
import { presentOptionalTime, presentTime, time } from './values.ts';

export const clientRole = z.enum(['service', 'introspect', 'verifier']).meta({ id: 'ClientRole' });

export const clientSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(clientRole),
    created_at: time,
    secret_changed_at: time,
    former_secret_until: time
      .nullable()
      .describe('Until when the secret before this one still works; `null` where it does not.'),
  })
  .meta({ id: 'Client' });

/** What is answered once, when a secret was made. */
export const clientWithSecret = z
  .object({ client: clientSchema, secret: z.string().describe('Told this once.') })
  .meta({ id: 'ClientWithSecret' });

export function presentClient(client: Client): z.input<typeof clientSchema> {
  return {
    id: client.id,
    name: client.name,
    roles: [...client.roles],
    created_at: presentTime(client.createdMs),
    secret_changed_at: presentTime(client.secretChangedMs),
    former_secret_until: presentOptionalTime(client.formerSecretUntilMs),
  };
}
