import type { Logger } from 'pino';
import { EVENT_CATALOGUE, type EventType, type Watchword } from 'watchword';
import { currentRequestId } from './request-id.ts';

/** What happens at each renewal: a line a time would drown what somebody looks for. */
const ROUTINE: ReadonlySet<EventType> = new Set(['refresh_rotated', 'refresh_current', 'chain_settled']);

/** Writes each event to the log, as loud as the catalogue says; what is routine at the level `debug`. */
export function logEvents(auth: Watchword, logger: Logger): void {
  auth.events.on('*', (happened) => {
    if (ROUTINE.has(happened.type) && !logger.isLevelEnabled('debug')) return;
    const { type, ...fields } = happened;
    const { level, meaning } = EVENT_CATALOGUE[type];
    const reqId = currentRequestId();
    const line = { event: type, ...(reqId !== undefined && { reqId }), ...fields };
    if (level === 'alert') logger.error(line, meaning);
    else if (level === 'warning') logger.warn(line, meaning);
    else if (ROUTINE.has(type)) logger.debug(line, meaning);
    else logger.info(line, meaning);
  });
}
