import { createHmac, createPrivateKey, createSecretKey, sign as signRaw, type KeyObject } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { signCompactJws } from '../packages/watchword/src/crypto/jws/compact.ts';
import { inTurns, median, medianRatio, type Benchmark, type Contestant } from './benchmark.ts';
import { claimsOf, issueTokens, type Issued } from './verify/tokens.ts';

const ROUNDS = 15;
const COUNT = 4096;
const SLOW_COUNT = 512;

/** Signing an access token's claims: ours and jsonwebtoken from the claims to the text, the bare primitive over a text that is there. */
export const sign: Benchmark = {
  summary: 'tokens signed per second, against the bare primitive and jsonwebtoken',
  async run() {
    const hs256 = await issueTokens('HS256', 1);
    const speeds = await inTurns(
      { ours: ours(hs256), raw: bareHmac(hs256), jsonwebtoken: withJsonwebtoken(hs256) },
      { rounds: ROUNDS, count: COUNT },
    );
    const es256 = await againstRaw('ES256');
    const eddsa = await againstRaw('EdDSA');
    return {
      ratios: {
        hs256_vs_raw: medianRatio(speeds.ours, speeds.raw),
        hs256_vs_jsonwebtoken: medianRatio(speeds.ours, speeds.jsonwebtoken),
        es256_vs_raw: medianRatio(es256.ours, es256.raw),
        eddsa_vs_raw: medianRatio(eddsa.ours, eddsa.raw),
      },
      figures: {
        hs256_us: 1e6 / median(speeds.ours),
        raw_hs256_us: 1e6 / median(speeds.raw),
        jsonwebtoken_us: 1e6 / median(speeds.jsonwebtoken),
        es256_us: 1e6 / median(es256.ours),
        eddsa_us: 1e6 / median(eddsa.ours),
      },
      versions: { node: process.version, openssl: process.versions.openssl },
    };
  },
};

async function againstRaw(algorithm: 'ES256' | 'EdDSA') {
  const issued = await issueTokens(algorithm, 1);
  return inTurns({ ours: ours(issued), raw: bareSignature(issued) }, { rounds: ROUNDS, count: SLOW_COUNT });
}

function repeat(work: () => unknown): Contestant {
  return (count) => {
    for (let done = 0; done < count; done += 1) work();
  };
}

function ours({ key }: Issued): Contestant {
  const claims = claimsOf('user');
  return repeat(() => signCompactJws(key, 'at+jwt', claims));
}

function signingInput({ tokens: [token = ''] }: Issued): string {
  return token.slice(0, token.lastIndexOf('.'));
}

function bareHmac(issued: Issued): Contestant {
  const key = createSecretKey(issued.material);
  const text = signingInput(issued);
  return repeat(() => createHmac('sha256', key).update(text).digest('base64url'));
}

function bareSignature(issued: Issued): Contestant {
  const key: KeyObject = createPrivateKey({
    key: Buffer.from(issued.material),
    format: 'der',
    type: 'pkcs8',
  });
  const text = signingInput(issued);
  const options = issued.algorithm === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  const hash = issued.algorithm === 'ES256' ? 'sha256' : null;
  return repeat(() => signRaw(hash, Buffer.from(text), options).toString('base64url'));
}

function withJsonwebtoken({ material }: Issued): Contestant {
  const key = createSecretKey(material);
  const claims = claimsOf('user');
  const options = { algorithm: 'HS256', keyid: 'bench-key-0123456789ab' } as const;
  return repeat(() => jsonwebtoken.sign({ ...claims }, key, options));
}
