import type { DecodedJwt } from '../decode-jwt.ts';

export interface Finding {
  readonly rule: string;
  /** What is wrong, and why it matters. */
  readonly sentence: string;
  readonly advice: string;
}

/** Looks at one side of a token; the time is for those that compare with it. */
export type Check = (token: DecodedJwt, nowMs: number) => readonly Finding[];
