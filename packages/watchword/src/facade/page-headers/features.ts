import { ConfigurationError } from '../../errors/watchword-error.ts';
import { nearestName } from '../unknown-options.ts';

/** What pages and frames in them may not use of a device, unless the application says that its own do. */
const DENIED_FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
] as const;

export type PageFeature = (typeof DENIED_FEATURES)[number];

/** By feature, whether the pages themselves may use it. */
export type FeaturePolicy = ReadonlyMap<PageFeature, boolean>;

export function checkFeatures(features: unknown = []): FeaturePolicy {
  if (!Array.isArray(features)) {
    throw new ConfigurationError('`features` has to be an array of names, such as `["camera"]`.');
  }
  for (const feature of features as readonly unknown[]) {
    if (!DENIED_FEATURES.some((one) => one === feature)) throw unknownFeature(feature);
  }
  return new Map(DENIED_FEATURES.map((feature) => [feature, features.includes(feature)]));
}

function unknownFeature(feature: unknown): ConfigurationError {
  const nearest = typeof feature === 'string' ? nearestName(feature, DENIED_FEATURES) : undefined;
  const hint =
    nearest === undefined
      ? `those that are denied are ${DENIED_FEATURES.map((one) => `\`${one}\``).join(', ')}.`
      : `did you mean \`${nearest}\`?`;
  return new ConfigurationError(`\`features\` names something that is not denied: ${hint}`);
}
