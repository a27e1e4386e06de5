import { createChainTextForm } from './chain-text.ts';

/** The refresh tokens of a session's chain: `wwr_…`. */
export const REFRESH_TOKEN = createChainTextForm('wwr_', 'ww/rt/inner/1', 'ww/rt/outer/1');
