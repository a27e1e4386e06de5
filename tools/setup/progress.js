/**
 * One line for the person who waits, on standard error: standard output belongs to what is being started.
 *
 * @param {string} sentence
 */
export function say(sentence) {
  process.stderr.write(`setup: ${sentence}\n`);
}

/**
 * Says every 20 seconds that the work goes on. Returns the function that stops it.
 *
 * @param {string} work
 */
export function keepSaying(work) {
  const startedMs = Date.now();
  const timer = setInterval(() => {
    say(`still ${work} (${Math.round((Date.now() - startedMs) / 1000)} s)`);
  }, 20_000);
  return () => clearInterval(timer);
}
