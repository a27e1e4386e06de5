import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Benchmark } from './benchmark.ts';
import { installPeers, peerVersions } from './install-peers.ts';

type Build = (
  options: object,
) => Promise<{ readonly outputFiles: readonly { readonly contents: Uint8Array }[] }>;

/** How large each entry point is for who bundles it alone: minified, Node's own modules left out. */
export const bundle: Benchmark = {
  summary: 'how large watchword/verifier and watchword/jws are, bundled alone',
  async run() {
    await installPeers();
    // A peer, which has no types here.
    const { build } = createRequire(new URL('peers/', import.meta.url))('esbuild') as {
      readonly build: Build;
    };
    const sizeOf = async (file: string) => {
      const entry = fileURLToPath(new URL(`../packages/watchword/src/facade/${file}`, import.meta.url));
      const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        write: false,
      });
      const contents = outputFiles[0]?.contents ?? new Uint8Array();
      return { bytes: contents.length, gzipped: gzipSync(contents).length };
    };
    const verifier = await sizeOf('verifier.ts');
    const jws = await sizeOf('jws.ts');
    return {
      ratios: {},
      figures: {
        verifier_bytes: verifier.bytes,
        verifier_gzip_bytes: verifier.gzipped,
        jws_bytes: jws.bytes,
        jws_gzip_bytes: jws.gzipped,
      },
      versions: { node: process.version, esbuild: peerVersions()['esbuild'] ?? '' },
    };
  },
};
