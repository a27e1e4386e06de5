import { headers } from 'next/headers';
import { cache } from 'react';
import { authenticate } from 'watchword/web';
import { issuer, open } from './auth.js';

/** For pages: who looks at it, or `undefined`. Once per request, however many components ask. */
export const currentUser = cache(async () => {
  // First the headers: nothing is opened for a page that is rendered while it is built.
  const request = await requestOf('GET');
  const who = await authenticate(await open(), request, { optional: true });
  return who.kind === 'authenticated' ? who.token : undefined;
});

/** For server actions: whoever acts has to be signed in, and on a page of ours. */
export async function requireUser() {
  const request = await requestOf('POST');
  const who = await authenticate(await open(), request);
  if (who.kind === 'refused') throw new Error('Nobody is signed in.');
  return who.token;
}

/** Next.js gives components the headers alone. */
const requestOf = async (method) => new Request(issuer, { method, headers: await headers() });
