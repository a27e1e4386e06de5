import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/** The client as a bundler would put it into an application: minified, for the oldest browsers that are promised. */
export async function bundleClient(): Promise<string> {
  return bundle({ entryPoints: [fileURLToPath(new URL('../../src/index.ts', import.meta.url))] });
}

/** A module of a page, with whatever it imports; `files` are beside it. */
export async function bundleModule(
  contents: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  const beside: Plugin = {
    name: 'beside',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) => {
        const name = path.slice(2);
        return name in files ? { path: name, namespace: 'beside' } : undefined;
      });
      onLoad({ filter: /./, namespace: 'beside' }, ({ path }) => ({
        contents: files[path] ?? '',
        resolveDir,
      }));
    },
  };
  return bundle({
    stdin: { contents, resolveDir },
    conditions: ['watchword-source'],
    plugins: [beside],
  });
}

async function bundle(input: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...input,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'safari16', 'chrome108', 'firefox110'],
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  });
  return outputFiles?.[0]?.text ?? '';
}
