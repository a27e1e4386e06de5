import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, request, type RequestListener, type RequestOptions, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../start/server-process.ts';

export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

/** Made for the test, and gone with it. */
export async function makeCertificate(t: TestContext): Promise<Certificate> {
  const folder = await temporaryFolder(t);
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const kind = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
}

export interface Ports {
  readonly https: number;
  readonly http: number;
  readonly server: number;
}

/** What stands before a server in production: it ends TLS, and says how each request came. */
export async function startTlsProxy(
  t: TestContext,
  { key, certificate }: Certificate,
  ports: Ports,
): Promise<void> {
  const secure = createSecureServer({ key, cert: certificate }, onward(ports.server, 'https'));
  await listening(t, secure, ports.https);
  await listening(t, createServer(onward(ports.server, 'http')), ports.http);
}

function onward(port: number, proto: string): RequestListener {
  return (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const added = { 'x-forwarded-proto': proto, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' };
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...headers, ...added },
      agent: false,
    };
    const asked = request(options as RequestOptions, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    asked.on('error', () => outgoing.destroy());
    incoming.pipe(asked);
  };
}

async function listening(t: TestContext, server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
}
