import type { SigningKeyInfo } from 'watchword';
import { z } from 'zod';
import { SIGNING_ALGORITHMS } from '../read-settings.ts';
import { presentOptionalTime, presentTime, time } from './values.ts';

export const algorithmSchema = z.enum(SIGNING_ALGORITHMS).meta({ id: 'SigningAlgorithm' });

export const keySchema = z
  .object({
    kid: z.string(),
    algorithm: algorithmSchema,
    state: z.enum(['announced', 'signing', 'retiring', 'retired', 'compromised']),
    announced_at: time,
    signs_from: time,
    retires_at: time.nullable(),
    verifies_until: time.nullable(),
    compromised_at: time.nullable(),
  })
  .meta({ id: 'SigningKey', description: 'A key that signs tokens; never its material.' });

export function presentKey(key: SigningKeyInfo): z.input<typeof keySchema> {
  return {
    kid: key.id,
    algorithm: key.algorithm,
    state: key.state,
    announced_at: presentTime(key.announcedMs),
    signs_from: presentTime(key.signsFromMs),
    retires_at: presentOptionalTime(key.succession?.retiresMs),
    verifies_until: presentOptionalTime(key.succession?.verifiesUntilMs),
    compromised_at: presentOptionalTime(key.compromisedMs),
  };
}
