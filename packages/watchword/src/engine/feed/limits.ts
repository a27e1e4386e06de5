/** How much of the feed one process serves at once. */
export interface FeedLimits {
  readonly streams: number;
  readonly streamsPerClient: number;
  readonly snapshots: number;
  readonly snapshotsPerClient: number;
}

export const FEED_LIMITS: FeedLimits = {
  streams: 2000,
  streamsPerClient: 200,
  snapshots: 16,
  snapshotsPerClient: 8,
};

/** The most bytes that wait for one reader; whoever is behind by more is sent the rest at its own pace. */
export const MOST_WAITING_BYTES = 262_144;

/** How long a reader may take for what waits. */
export const STALL_MS = 10_000;

/** How long a snapshot may take as a whole, so that slow readers leave room for others. */
export const LONGEST_SNAPSHOT_MS = 300_000;

/** How often each stream is sent a checkpoint. */
export const HEARTBEAT_MS = 1000;

/** How often it is asked whether those who read still may. */
export const RECHECK_MS = 1000;

/** The most records of one event, as verifiers take them. */
export const RECORDS_AT_ONCE = 1000;
