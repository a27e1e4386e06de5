import { createWatchword } from 'watchword';
import { sqlite } from 'watchword/sqlite';

export const issuer = 'http://localhost:3000';

// In production sign-up is closed, since it tells who has an account. Here it is wanted.
const accounts = { unsafeSignUpRevealsAddresses: true };

// Opened once for the process, however often a bundler loads this file, and not while it builds.
export const open = () =>
  (globalThis.installation ??= createWatchword({ issuer, store: sqlite('watchword.db'), accounts }));
