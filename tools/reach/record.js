import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Every module that is loaded from here on, as an address; told to the parent when the process ends. */
const loaded = new Set();

registerHooks({
  resolve(specifier, context, nextResolve) {
    const result = nextResolve(specifier, context);
    loaded.add(result.url);
    return result;
  },
});

// Standard output, because the exit handler has no time left for anything asynchronous.
process.on('exit', () => writeSync(1, JSON.stringify([...loaded])));
