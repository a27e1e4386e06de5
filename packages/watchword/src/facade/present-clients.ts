import type { Engine } from '../engine/engine.ts';
import type { NewClient } from '../engine/clients/clients.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { Watchword } from './watchword.ts';

const NEW_CLIENT_NAMES: readonly (keyof NewClient)[] = ['id', 'name', 'roles'];
const LONGEST_OVERLAP_SECONDS = 604_800;

export function presentClients({ clients }: Engine): Watchword['clients'] {
  return {
    async create(input = {}) {
      refuseUnknownOptions('clients.create', input, NEW_CLIENT_NAMES, ArgumentError);
      return clients.create(input);
    },
    list: () => clients.list(),
    get: (id) => clients.find(id),
    async rotate(id, options = {}) {
      refuseUnknownOptions('clients.rotate', options, ['keepFormerForSeconds'], ArgumentError);
      const { keepFormerForSeconds: seconds = 0 } = options;
      if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_OVERLAP_SECONDS) {
        throw new ArgumentError(
          `\`keepFormerForSeconds\` has to be a whole number from 0 to ${LONGEST_OVERLAP_SECONDS}.`,
        );
      }
      return clients.rotate(id, seconds * 1000);
    },
    delete: (id) => clients.delete(id),
  };
}
