import { authenticate } from 'watchword/web';
import { open } from '../../lib/auth.js';
import { notesOf } from '../../lib/notes.js';

export async function GET(request) {
  const who = await authenticate(await open(), request);
  if (who.kind === 'refused') return who.response;
  return Response.json(notesOf(who.token.subject));
}
