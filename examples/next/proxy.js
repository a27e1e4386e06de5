import { NextResponse } from 'next/server';
import { authenticate, renewedHeaders } from 'watchword/web';
import { open } from './lib/auth.js';

/** Renews sessions where browsers navigate: pages cannot set cookies any more when they are rendered. */
export async function proxy(request) {
  const who = await authenticate(await open(), request, { optional: true, renew: true });
  if (who.kind === 'refused') {
    // Who it is cannot be told now. All else is for the page to judge.
    return who.response.status === 503 ? who.response : NextResponse.next();
  }
  // The components of this very request see the new cookies, and so does the browser.
  const response = NextResponse.next({ request: { headers: renewedHeaders(request, who.headers) } });
  for (const [name, value] of who.headers) response.headers.append(name, value);
  return response;
}

export const config = { matcher: '/((?!_next/|auth/|favicon.ico).*)' };
