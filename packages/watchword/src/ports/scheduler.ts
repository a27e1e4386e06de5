/** Later and again. Waiting work never keeps a process alive by itself. */
export interface Scheduler {
  /** Runs `work` once after `delayMs`; the function that is given back cancels it. */
  after(delayMs: number, work: () => void): () => void;
  /** Runs `work` each `periodMs`; the function that is given back stops it. */
  every(periodMs: number, work: () => void): () => void;
  /** Resolves after `delayMs`. Unlike the others it keeps the process alive: somebody awaits the result. */
  sleep(delayMs: number): Promise<void>;
  /** Resolves in the next turn of the event loop, after what has arrived meanwhile was looked at. */
  nextTurn(): Promise<void>;
}
