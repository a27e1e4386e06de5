/**
 * How often a store looks for what other processes wrote, in milliseconds: half of what the port promises.
 */
export const LOOK_PERIOD_MS = 25;
