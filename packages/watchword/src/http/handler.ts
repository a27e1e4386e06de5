import type { Engine } from '../engine/engine.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import type { SelfCheck } from './self-check/self-check.ts';
import type { HttpSettings } from './settings.ts';

export interface HttpContext {
  readonly engine: Engine;
  readonly settings: HttpSettings;
  readonly selfCheck: SelfCheck;
}

/** Answers one method of one route. What it throws becomes a problem document. */
export type Handler = (
  request: NeutralRequest,
  context: HttpContext,
  /** The value of the route's parameter, still encoded; `''` where it has none. */
  parameter: string,
) => Promise<NeutralResponse>;
