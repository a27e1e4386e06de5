import { hostname } from 'node:os';

/** What this machine, or its container, is called. */
export const hostName: () => string = hostname;
