// The self-hosted server as it is, configured by the environment, in a process of its own.
import { openInstallation, startServer } from '@watchword/server';
import { serve } from './serve.ts';

await startServer(process.env);
serve(startSessions);

/** Cookie sessions, begun beside the server: no password is hashed for them. Each is given as the `Cookie` header's value. */
async function startSessions(count: number): Promise<readonly string[]> {
  const { auth } = await openInstallation(process.env);
  const request = {
    method: 'POST',
    path: '/',
    remoteAddress: undefined,
    header: (name: string) => (name === 'sec-fetch-site' ? 'same-origin' : undefined),
    readBody: async () => ({ kind: 'aborted' }) as const,
  };
  const sessions = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      auth.http.startCookieSession(request, { subject: `user-${index}` }),
    ),
  );
  await auth.close();
  return sessions.map(({ cookies }) => cookies.map(([, cookie]) => cookie.split(';', 1)[0]).join('; '));
}
