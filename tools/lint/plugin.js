import { ambientTime } from './ambient-time.js';
import { walls } from './walls.js';

/** The rules that only this repository needs, for oxlint's `jsPlugins`. */
export default {
  meta: { name: 'watchword' },
  rules: { walls, 'ambient-time': ambientTime },
};
