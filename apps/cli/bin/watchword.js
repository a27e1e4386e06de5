#!/usr/bin/env node
// Plain JavaScript, because npm links a bin only if it exists when the package is installed, and `dist` does not yet.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `watchword needs Node 22.18 or newer; this is ${process.version}. Install a current Node, or run it through npm in a clone, which brings its own.\n`,
  );
  process.exit(2);
}
const { main } = await import('../dist/main.js');
await main(process.argv);
