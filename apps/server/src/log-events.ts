import type { Logger } from 'pino';
import { EVENT_CATALOGUE, type Watchword } from 'watchword';

/** Writes each event to the log, as loud as the catalogue says. */
export function logEvents(auth: Watchword, logger: Logger): void {
  auth.events.on('*', ({ type, ...fields }) => {
    const { level, meaning } = EVENT_CATALOGUE[type];
    const line = { event: type, ...fields };
    if (level === 'alert') logger.error(line, meaning);
    else if (level === 'warning') logger.warn(line, meaning);
    else logger.info(line, meaning);
  });
}
