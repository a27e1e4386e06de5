import type { Watchword } from 'watchword';

/** Who guards the one route of an application, `GET /me`, which answers with the subject. */
export type Variant =
  /** Nobody: the subject is made up. */
  | { readonly kind: 'bare' }
  /** A guard and a middleware that do nothing: what the framework takes for having them. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'watchword'; readonly auth: Watchword }
  /** The framework's own plugin, or the one that everybody takes. */
  | { readonly kind: 'peer'; readonly secret: string; readonly cached: boolean };

/** Listens on the loopback. */
export type StartApplication = (variant: Variant, port: number) => Promise<void>;

export const ISSUER = 'https://app.example';

/** As long as those of the tokens. */
export const SOMEBODY = 'user-1000';
