import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/domain/json.ts';
import type { SigningAlgorithm } from '../../src/domain/signing-key.ts';
import type { Jwk } from '../../src/facade/jws.ts';

/** A token of ours, and what another implementation may know to verify it. */
export interface ToVerify {
  readonly token: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly jwks: { readonly keys: readonly JsonObject[] };
  readonly issuer: string;
  readonly audience: string;
}

export interface ToSign {
  readonly jwk: Jwk;
  readonly algorithm: SigningAlgorithm;
  readonly payload: JsonObject;
}

/** Another implementation, as Debian has it. */
export interface Peer {
  readonly name: string;
  readonly algorithms: readonly SigningAlgorithm[];
  /** Why it cannot be asked, as a sentence. */
  readonly missing: string | false;
  /** The claims of each, or what is no claim set of ours where the token is refused. */
  verify(jobs: readonly ToVerify[]): readonly JsonObject[];
  sign(job: ToSign): string;
}

const RSA_AND_EC: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'PS512', 'ES256', 'ES384', 'ES512'];

/** The system’s own, whatever stands before it in the path: Debian’s packages are for that one. */
const PYTHON = '/usr/bin/python3';

export const peers: readonly Peer[] = [
  pythonPeer('PyJWT', 'jwt', 'python3-jwt', 'pyjwt.py'),
  pythonPeer('Authlib', 'authlib.jose', 'python3-authlib', 'authlib_jose.py'),
  {
    name: 'jose of latchset',
    algorithms: RSA_AND_EC,
    missing: isThere('jose', ['alg']) ? false : sentence('jose'),
    verify: (jobs) =>
      jobs.map(({ token, jwks }) =>
        inFolder((folder) => {
          writeFileSync(join(folder, 'jwks'), JSON.stringify(jwks));
          writeFileSync(join(folder, 'token'), token);
          const args = ['jws', 'ver', '-i', 'token', '-k', 'jwks', '-O', '-'];
          const { status, stdout } = run('jose', args, folder);
          return (status === 0 ? JSON.parse(stdout) : { refused: String(status) }) as JsonObject;
        }),
      ),
    sign: ({ jwk, algorithm, payload }) =>
      inFolder((folder) => {
        writeFileSync(join(folder, 'jwk'), JSON.stringify(jwk));
        writeFileSync(join(folder, 'payload'), JSON.stringify(payload));
        const header = JSON.stringify({ protected: { alg: algorithm, kid: jwk.kid } });
        const args = ['jws', 'sig', '-I', 'payload', '-k', 'jwk', '-s', header, '-c', '-o', '-'];
        return succeeded(run('jose', args, folder)).trim();
      }),
  },
];

function pythonPeer(name: string, module: string, debianPackage: string, script: string): Peer {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const ask = (verify: readonly ToVerify[], sign: readonly ToSign[]) =>
    JSON.parse(succeeded(run(PYTHON, [path], tmpdir(), JSON.stringify({ verify, sign })))) as {
      readonly verified: readonly JsonObject[];
      readonly signed: readonly string[];
    };
  return {
    name,
    algorithms: [...RSA_AND_EC, 'EdDSA'],
    missing: isThere(PYTHON, ['-c', `import ${module}, cryptography`]) ? false : sentence(debianPackage),
    verify: (jobs) => ask(jobs, []).verified,
    sign: (job) => ask([], [job]).signed[0] ?? '',
  };
}

function isThere(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function sentence(debianPackage: string): string {
  return `it is not installed: Debian has it as ${debianPackage}`;
}

function run(program: string, args: readonly string[], cwd: string, input = '') {
  return spawnSync(program, args, { cwd, input, encoding: 'utf8', timeout: 60_000 });
}

function succeeded({ status, stdout, stderr }: ReturnType<typeof run>): string {
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
  return stdout;
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-interop-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
