import type { Watchword } from 'watchword';
import type { ServerSettings } from '../read-settings.ts';
import type { EventStream } from './event-stream.ts';

/** What the endpoints stand on. */
export interface AdminContext {
  readonly auth: Watchword;
  readonly settings: ServerSettings;
  /** `undefined` where no server runs, so that nothing happens that could be told. */
  readonly events: EventStream | undefined;
}
