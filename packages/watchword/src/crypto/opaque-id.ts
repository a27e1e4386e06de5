import { createChainTextForm } from './chain-text.ts';

const PREFIX = 'wws_';

/** The ids of opaque sessions: `wws_…`. One stands for a generation of the chain, as its refresh token does. */
export const OPAQUE_ID = createChainTextForm(PREFIX, 'ww/sid/inner/1', 'ww/sid/outer/1');

/** Whether that is what it is meant to be: no token begins like this. */
export function isOpaqueId(text: unknown): boolean {
  return typeof text === 'string' && text.startsWith(PREFIX);
}
